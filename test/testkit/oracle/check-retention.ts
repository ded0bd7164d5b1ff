import { expect } from 'expect';
import { computeFeatureAdoption } from '../../../src/metric/feature-adoption.js';
import { computeLifecycle } from '../../../src/metric/lifecycle.js';
import type { EventSelector } from '../../../src/metric/metric-query.js';
import { computeRetention } from '../../../src/retention/compute-retention.js';
import { askedFeature, askedRetentions, BRACKETS, fitsOf, isUse, periodOfGrain } from './asked.js';
import { distinct, ranked } from './oracle-metrics.js';
import { oracleAdoption, oracleLifecycle, oracleRetention } from './oracle-retention.js';
import { type AnswerCheck, expectClose, fromEvents, valueIn, type WorldCase } from './worlds.js';

const named = (name: string | undefined): EventSelector | undefined =>
  name === undefined ? undefined : { event: name };

/** Both types and modes, with different events and moments of now. */
async function checkRetention(it: WorldCase): Promise<unknown> {
  const { event: _, ...asked } = it.asked;
  const fits = fitsOf(it.oracle, false);
  const period = periodOfGrain(it.grain);
  const answers: unknown[] = [];
  for (const [turn, each] of askedRetentions(it).entries()) {
    const { start, back, isRecurring, isRolling, asOf, intervals } = each;
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
    const isOfBitmaps = turn > 0 && start === undefined;
    for (const context of isOfBitmaps ? [it.context, fromEvents(it)] : [it.context]) {
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
  const period = periodOfGrain(it.grain);
  const wanted = oracleLifecycle(it.oracle, period, fitsOf(it.oracle));
  expect(await computeLifecycle(it.context, { ...it.asked, period })).toMatchObject(wanted);
  expect(await computeLifecycle(fromEvents(it), { ...it.asked, period })).toMatchObject(wanted);
}

async function checkAdoption(it: WorldCase): Promise<void> {
  const feature = askedFeature(it);
  const { active, used, ...wanted } = oracleAdoption(
    it.oracle,
    fitsOf(it.oracle, false),
    isUse(it),
  );
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
