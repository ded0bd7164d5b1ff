import { expect } from 'expect';
import { computeFeatureAdoption } from '../../../src/metric/feature-adoption.js';
import { computeLifecycle } from '../../../src/metric/lifecycle.js';
import type { EventSelector } from '../../../src/metric/metric-query.js';
import { computeRetention } from '../../../src/retention/compute-retention.js';
import { fitsOf } from './check-people.js';
import type { OracleEvent } from './oracle-event.js';
import { distinct, ranked } from './oracle-metrics.js';
import { oracleAdoption, oracleLifecycle, oracleRetention } from './oracle-retention.js';
import { type AnswerCheck, expectClose, valueIn, type WorldCase } from './worlds.js';

const HOUR = 3_600_000;
const EVENTS_ALONE = ['silver_events'] as const;

/** Start and return events, asked in turn. */
const PAIRS: readonly (readonly (string | undefined)[])[] = [
  [],
  ['click'],
  [undefined, 'page_view'],
  ['page_view', 'click'],
  ['page_view', 'page_view'],
];
const BRACKETS = [
  [0, 0],
  [1, 2],
  [2, 6],
] as const;

/** A number that tells worlds apart, whatever the order of their events. */
const pickOf = ({ events, question }: WorldCase): number =>
  events.length + Number(question.from.slice(8)) + Number(question.to.slice(8));

const named = (name: string | undefined): EventSelector | undefined =>
  name === undefined ? undefined : { event: name };

/** Both types and modes, with different events and moments of now. */
async function checkRetention(it: WorldCase): Promise<unknown> {
  const { event: _, ...asked } = it.asked;
  const fits = fitsOf(it, false);
  const period = it.grain === 'hour' ? 'day' : it.grain;
  const pick = pickOf(it);
  const answers: unknown[] = [];
  for (const turn of [0, 1, 2, 3]) {
    const [start, back] = PAIRS[(pick + turn) % PAIRS.length] ?? [];
    const isRecurring = turn % 2 === 1;
    const isRolling = turn >= 2;
    // Midnights in UTC and noons, from before the range to long after it.
    const asOf =
      Date.parse(it.question.from) + ((pick * 7 + turn * 11) % 40) * 12 * HOUR - HOUR * 24;
    const intervals = 1 + ((pick + turn) % 9);
    const wanted = oracleRetention(it.oracle, {
      period,
      intervals,
      isRecurring,
      isRolling,
      starts: (event) => fits(event) && (start === undefined || event.name === start),
      returns: (event) => fits(event) && (back === undefined || event.name === back),
      brackets: BRACKETS,
      asOf,
    });
    const startEvent = named(start);
    const returnEvent = named(back);
    const question = {
      ...asked,
      period,
      intervals,
      type: isRecurring ? ('recurring' as const) : ('first_time' as const),
      mode: isRolling ? ('rolling' as const) : ('classic' as const),
      ...(startEvent === undefined ? {} : { startEvent }),
      ...(returnEvent === undefined ? {} : { returnEvent }),
      brackets: BRACKETS.map(([from, to]) => ({ from, to })),
      asOf: new Date(asOf).toISOString(),
    };
    const tables = turn === 0 || start !== undefined ? [undefined] : [undefined, EVENTS_ALONE];
    for (const onlyTables of tables) {
      const context = onlyTables === undefined ? it.context : { ...it.context, onlyTables };
      const { meta: _meta, ...answer } = await computeRetention(context, question);
      const { cohorts, matrix, complete } = wanted;
      expect([turn, answer]).toMatchObject([turn, { cohorts, matrix, complete }]);
      expect(answer.brackets.map(({ people }) => people)).toEqual(
        wanted.brackets.map(({ people }) => people),
      );
      for (const [n, rate] of wanted.rates.entries()) expectClose(answer.ratePercents[n], rate);
      for (const [n, { rate }] of wanted.brackets.entries()) {
        expectClose(answer.brackets[n]?.ratePercent, rate);
      }
      answers.push(answer);
    }
  }
  return answers;
}

async function checkLifecycle(it: WorldCase): Promise<void> {
  const period = it.grain === 'hour' ? 'day' : it.grain;
  const wanted = oracleLifecycle(it.oracle, period, fitsOf(it));
  expect(await computeLifecycle(it.context, { ...it.asked, period })).toMatchObject(wanted);
  const context = { ...it.context, onlyTables: EVENTS_ALONE };
  expect(await computeLifecycle(context, { ...it.asked, period })).toMatchObject(wanted);
}

async function checkAdoption(it: WorldCase): Promise<void> {
  const feature = pickOf(it) % 2 === 0 ? { event: 'click' } : { where: { plan: 'pro' } };
  const isUse = (event: OracleEvent): boolean =>
    pickOf(it) % 2 === 0 ? event.name === 'click' : event.properties.plan === 'pro';
  const { active, used, ...wanted } = oracleAdoption(it.oracle, fitsOf(it, false), isUse);
  const breakdown = { dimension: it.breakdown, limit: 1_000 };
  const answer = await computeFeatureAdoption(it.context, { ...it.asked, feature, breakdown });
  expect(answer).toMatchObject(wanted);
  const { activeUsers, adopters, uses } = wanted;
  expectClose(answer.adoptionPercent, activeUsers === 0 ? null : (adopters / activeUsers) * 100);
  expectClose(answer.usesPerAdopter, adopters === 0 ? null : uses / adopters);
  const { personOf } = it.oracle;
  const labelOf = valueIn(it);
  const rows = ranked(active, labelOf, (group) => distinct(group, personOf));
  expect(answer.byValue).toMatchObject({
    values: rows.values,
    activeUsers: rows.counts,
    adopters: rows.values.map((value) =>
      distinct(
        used.filter((event) => labelOf(event) === value),
        personOf,
      ),
    ),
  });
}

/** People over time: what an answer must be by the oracle. */
export const RETENTION_CHECKS: readonly AnswerCheck[] = [
  {
    name: 'retention of both types and modes, with brackets and unfinished cells',
    metrics: ['retention'],
    check: checkRetention,
  },
  {
    name: 'lifecycle by day, week and month, from bitmaps and from events',
    metrics: ['lifecycle'],
    check: checkLifecycle,
  },
  {
    name: 'adoption of a feature, in all and by value',
    metrics: ['feature_adoption'],
    check: checkAdoption,
  },
];
