import { expect } from 'expect';
import fc from 'fast-check';
import {
  type AttributionAnswer,
  type AttributionModel,
  type AttributionQuestion,
  type CountedPath,
  DATA_DRIVEN_MODELS,
  type ModelCredits,
  RULE_MODELS,
} from '../../../src/attribution/attribution-query.js';
import { attributionOf, computeAttribution } from '../../../src/attribution/compute-attribution.js';
import { explainConversion } from '../../../src/attribution/explain-conversion.js';
import { computePathSessions } from '../../../src/path/compute-path-sessions.js';
import { computePaths } from '../../../src/path/compute-paths.js';
import type { PathSession, PathsQuestion } from '../../../src/path/path-query.js';
import {
  type OracleConversion,
  type OracleJourney,
  oracleConversions,
  oracleMarkov,
  oracleShapley,
  oracleShares,
} from './oracle-attribution.js';
import type { OracleEvent } from './oracle-event.js';
import { distinct, oracleWorld } from './oracle-metrics.js';
import {
  type OraclePath,
  type OraclePathQuestion,
  oraclePathRows,
  oraclePaths,
} from './oracle-paths.js';
import { type AnswerCheck, expectClose, type WorldCase } from './worlds.js';

const DAY = 86_400_000;
/** Events of a world that is none of the random ones. */
const LARGE = 1_000;

const NODES: Readonly<Record<'page' | 'event', readonly string[]>> = {
  page: ['/', '/a', '/A', '/café', '/b c', 'Home', '(none)', '/nowhere'],
  event: ['click', 'login', 'purchase', 'scroll', 'app_start', 'nothing'],
};
const GOALS = [
  { event: 'purchase' },
  { event: 'purchase' },
  { event: 'click' },
  { where: { plan: 'pro' } },
  { event: 'page_view', where: { page: '/a' } },
  {},
  { event: 'refund' },
] as const;

const MODELS: readonly AttributionModel[] = [...RULE_MODELS, ...DATA_DRIVEN_MODELS];

/** What is asked of a world, drawn from a seed of its own. */
interface JourneyQuestions {
  readonly node: 'page' | 'event';
  readonly maxSteps: number;
  readonly start: number | null;
  readonly end: number | null;
  readonly limit: number;
  readonly pageSize: number;
  readonly goal: number;
  readonly by: 'channel' | 'source' | 'medium' | 'campaign';
  readonly lookbackDays: number;
  readonly halfLifeDays: number;
  readonly excludeDirect: boolean;
  /** The model that is asked once more without the others. */
  readonly alone: AttributionModel;
}

const journeyQuestions: fc.Arbitrary<JourneyQuestions> = fc.record({
  node: fc.constantFrom('page', 'page', 'event'),
  maxSteps: fc.constantFrom(2, 3, 5, 5, 50),
  start: fc.option(fc.nat(7), { freq: 2 }),
  end: fc.option(fc.nat(7), { freq: 1 }),
  limit: fc.constantFrom(1, 3, 1_000, 1_000),
  pageSize: fc.constantFrom(1, 3, 50, 50),
  goal: fc.nat(GOALS.length - 1),
  by: fc.constantFrom('channel', 'channel', 'source', 'medium', 'campaign'),
  lookbackDays: fc.constantFrom(0, 1 / 48, 1, 1, 5, 30, 400),
  halfLifeDays: fc.constantFrom(7, 7, 1, 0.01),
  excludeDirect: fc.boolean(),
  alone: fc.constantFrom(...MODELS),
});

/** The same for a world whenever it is asked. */
function questionsOf(it: WorldCase): JourneyQuestions {
  const seed = [...JSON.stringify(it.events)].reduce(
    (sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) % 2_147_483_647,
    7,
  );
  const [drawn] = fc.sample(journeyQuestions, { numRuns: 1, seed });
  if (drawn === undefined) throw new Error('fast-check drew nothing');
  // The oracle looks at every subset of the names, of which large worlds have too many but for channels.
  return it.events.length > LARGE ? { ...drawn, by: 'channel' } : drawn;
}

function pathQuestions(it: WorldCase): readonly OraclePathQuestion[] {
  const { node, maxSteps, start, end } = questionsOf(it);
  const names = NODES[node];
  const name = (index: number): string => names[index % names.length] ?? '';
  const plain = { node, maxSteps };
  const cut = {
    ...plain,
    ...(start === null ? {} : { start: name(start) }),
    ...(end === null ? {} : { end: name(end) }),
  };
  const [edge] = oraclePathRows(oraclePaths(it.oracle, cut)).edges;
  if (edge === undefined) return [cut, plain];
  const [from = '', to = ''] = edge.nodes;
  return [cut, { ...cut, through: { step: edge.step, from, to } }];
}

async function checkPaths(it: WorldCase): Promise<void> {
  for (const asked of pathQuestions(it)) {
    const paths = oraclePaths(it.oracle, asked);
    const wanted = oraclePathRows(paths);
    const { limit } = questionsOf(it);
    const question: PathsQuestion = { ...it.asked, ...asked, limit };
    const { meta: _, ...answer } = await computePaths(it.context, question);
    // The largest are shown, by step.
    const shown = <Row extends { readonly step: number }>(rows: readonly Row[]): readonly Row[] =>
      [...rows.slice(0, limit)].sort((a, b) => a.step - b.step);
    const edges = shown(wanted.edges);
    const nodes = shown(wanted.nodes);
    const sequences = wanted.sequences.slice(0, limit);
    const left = (rows: readonly { readonly sessions: number }[]) =>
      rows.slice(limit).reduce((sum, row) => sum + row.sessions, 0);
    const more = (rows: readonly unknown[]): number => Math.max(0, rows.length - limit);
    expect({ asked, answer }).toEqual({
      asked,
      answer: {
        sessions: paths.length,
        edges: {
          steps: edges.map(({ step }) => step),
          from: edges.map((row) => row.nodes[0]),
          to: edges.map((row) => row.nodes[1]),
          sessions: edges.map(({ sessions }) => sessions),
          otherEdges: more(wanted.edges),
          otherSessions: left(wanted.edges),
        },
        sequences: {
          paths: sequences.map((row) => row.nodes),
          sessions: sequences.map(({ sessions }) => sessions),
          otherSequences: more(wanted.sequences),
          otherSessions: left(wanted.sequences),
        },
        nodes: {
          steps: nodes.map(({ step }) => step),
          nodes: nodes.map((row) => row.nodes[0]),
          sessions: nodes.map(({ sessions }) => sessions),
          dropOffs: nodes.map(({ stops }) => stops),
          otherNodes: more(wanted.nodes),
        },
      },
    });
  }
}

/** Who a session of the list belongs to, as the oracle names people. */
const personOf = ({ userId, anonymousId }: Pick<PathSession, 'userId' | 'anonymousId'>): string =>
  userId === '' ? `device ${anonymousId}` : `user ${userId}`;

/** Every page of the list, one after the other. */
async function checkPathSessions(it: WorldCase): Promise<void> {
  const asked = pathQuestions(it).at(-1) ?? { node: 'page', maxSteps: 5 };
  const paths = oraclePaths(it.oracle, asked);
  const wanted = paths.map(({ session, nodes }) => sessionText(it, session.events, nodes));
  const sessions: PathSession[] = [];
  const { pageSize } = questionsOf(it);
  for (;;) {
    const last = sessions.at(-1);
    const page = await computePathSessions(it.context, {
      ...it.asked,
      ...asked,
      limit: 1,
      first: pageSize,
      ...(last === undefined
        ? {}
        : { after: { startedMs: Date.parse(last.startedAt), key: last.key } }),
    });
    if (page.sessions.length > 0 || last === undefined) {
      expect(page).toMatchObject({
        totalSessions: paths.length,
        totalPeople: distinct(paths, ({ session }) => firstPerson(it, session.events)),
      });
    }
    sessions.push(...page.sessions);
    expect(page.hasMore).toBe(sessions.length < paths.length);
    if (!page.hasMore) break;
  }
  const got = sessions.map((each) =>
    JSON.stringify([each.startedAt, each.endedAt, personOf(each), each.path]),
  );
  expect([...got].sort()).toEqual([...wanted].sort());
  const starts = sessions.map(({ startedAt }) => startedAt);
  expect(starts).toEqual([...starts].sort().reverse());
  expect(new Set(sessions.map(({ key }) => key)).size).toBe(sessions.length);
}

function firstPerson(it: WorldCase, events: readonly OracleEvent[]): string {
  const [first] = events;
  return first === undefined ? '' : it.oracle.personOf(first);
}

function sessionText(
  it: WorldCase,
  events: readonly OracleEvent[],
  nodes: OraclePath['nodes'],
): string {
  const instant = (event: OracleEvent | undefined): string =>
    new Date(event?.at ?? 0).toISOString();
  return JSON.stringify([
    instant(events[0]),
    instant(events.at(-1)),
    firstPerson(it, events),
    nodes,
  ]);
}

/** The question about conversions, as the product and as the oracle understand it. */
function attributionOfWorld(it: WorldCase) {
  const { goal, by, lookbackDays, halfLifeDays, excludeDirect } = questionsOf(it);
  const selector: { event?: string; where?: Readonly<Record<string, string>> } = GOALS[goal] ?? {};
  const isGoal = (event: OracleEvent): boolean =>
    (selector.event === undefined || event.name === selector.event) &&
    Object.entries(selector.where ?? {}).every(
      ([key, value]) => (key === 'page' ? event.page : event.properties[key]) === value,
    );
  const { event: _event, ...asked } = it.asked;
  const { event: _name, ...plain } = it.question;
  const question: AttributionQuestion = {
    ...asked,
    goal: selector,
    models: MODELS,
    ...{ by, lookbackDays, halfLifeDays, excludeDirect },
  };
  const halfLifeMs = halfLifeDays * DAY;
  const lookbackMs = Math.floor(lookbackDays * DAY);
  const wanted = oracleConversions(oracleWorld(it.events, plain), {
    ...{ isGoal, by, lookbackMs, halfLifeMs, excludeDirect },
  });
  return { question, halfLifeMs, ...wanted };
}

const UNITS = 10n ** 10n;

/** Units of the tenth decimal place. */
function units(text: string): bigint {
  const [whole = '', places = ''] = text.replace('-', '').split('.');
  expect(places.length).toBeLessThanOrEqual(10);
  const magnitude = BigInt(whole) * UNITS + BigInt(places.padEnd(10, '0'));
  return text.startsWith('-') ? -magnitude : magnitude;
}

/** Of all models, and in every third world of one alone: the statement tells apart what its models ask for. */
async function checkAttribution(it: WorldCase): Promise<void> {
  const { question, ...wanted } = attributionOfWorld(it);
  const alone = it.events.length % 3 === 0 ? [[questionsOf(it).alone]] : [];
  for (const models of [MODELS, ...alone]) {
    const answer = await computeAttribution(it.context, { ...question, models });
    expect(answer.models.map(({ model }) => model)).toEqual(models);
    checkCredits(answer, wanted);
  }
}

function checkCredits(
  answer: AttributionAnswer,
  { halfLifeMs, conversions, journeys }: Omit<ReturnType<typeof attributionOfWorld>, 'question'>,
): void {
  const credited = conversions.filter(({ touches }) => touches.length > 0);
  expect(answer.conversions).toBe(conversions.length);
  expect(answer.unattributed).toBe(conversions.length - credited.length);
  const sums = (some: readonly OracleConversion[]): ReadonlyMap<string, bigint> => {
    const of = new Map<string, bigint>();
    for (const { currency, amount } of some) {
      if (amount === null) continue;
      of.set(currency, (of.get(currency) ?? 0n) + (BigInt(amount) * UNITS) / 10_000n);
    }
    return of;
  };
  const whole = sums(conversions);
  const { currencies, totals, unattributed } = answer.revenue;
  expect(currencies).toEqual([...whole.keys()].sort());
  const lost = sums(conversions.filter(({ touches }) => touches.length === 0));
  currencies.forEach((currency, at) => {
    expect(units(totals[at] ?? '')).toBe(whole.get(currency));
    expect(units(unattributed[at] ?? '')).toBe(lost.get(currency) ?? 0n);
  });
  const kept = sums(credited);
  for (const said of answer.models) {
    if (said.model === 'markov' || said.model === 'shapley') continue;
    checkRule(said, credited, halfLifeMs);
    // Revenue is conserved to the last place, credits up to the digits of a double.
    expect(said.revenues.map(({ currency }) => currency)).toEqual([...kept.keys()].sort());
    for (const { currency, amounts } of said.revenues) {
      expect(amounts.reduce((sum, text) => sum + units(text), 0n)).toBe(kept.get(currency));
    }
    expectClose(
      said.credits.reduce((sum, credit) => sum + credit, 0),
      credited.length,
    );
  }
  checkDataDriven(answer.models, journeys);
}

function checkRule(
  said: ModelCredits,
  credited: readonly OracleConversion[],
  halfLifeMs: number,
): void {
  const credits = new Map<string, number>();
  const amounts = new Map<string, number>();
  for (const conversion of credited) {
    const shares = oracleShares(said.model, conversion, halfLifeMs);
    conversion.touches.forEach(({ label }, at) => {
      const share = shares[at] ?? 0;
      credits.set(label, (credits.get(label) ?? 0) + share);
      const key = `${conversion.currency} ${label}`;
      amounts.set(key, (amounts.get(key) ?? 0) + (share * (conversion.amount ?? 0)) / 10_000);
    });
  }
  expectCredits(said, credits);
  for (const { currency, amounts: texts } of said.revenues) {
    texts.forEach((text, at) => {
      // A part may be a unit of the last place off for every conversion.
      const wanted = amounts.get(`${currency} ${said.values[at]}`) ?? 0;
      expect(Math.abs(Number(text) - wanted)).toBeLessThan(1e-6);
    });
  }
}

/** Names with their credits, largest first, ties bytewise. */
function expectCredits(said: ModelCredits, wanted: ReadonlyMap<string, number>): void {
  expect([...said.values].sort()).toEqual([...wanted.keys()].sort());
  said.values.forEach((value, at) => {
    const credit = wanted.get(value) ?? 0;
    const difference = Math.abs((said.credits[at] ?? 0) - credit);
    expect(difference).toBeLessThan(1e-8 * Math.max(1, Math.abs(credit)));
    const before = said.credits[at - 1];
    if (before === undefined) return;
    expect(before).toBeGreaterThanOrEqual(said.credits[at] ?? 0);
    if (before !== said.credits[at]) return;
    expect(Buffer.compare(Buffer.from(said.values[at - 1] ?? ''), Buffer.from(value))).toBe(-1);
  });
}

function checkDataDriven(
  models: readonly ModelCredits[],
  journeys: readonly OracleJourney[],
): void {
  const won = journeys.filter(({ isWon }) => isWon).length;
  for (const said of models) {
    if (said.model !== 'markov' && said.model !== 'shapley') continue;
    expect(said.revenues).toEqual([]);
    expectClose(
      said.credits.reduce((sum, credit) => sum + credit, 0),
      won,
    );
    if (said.model === 'shapley') {
      const credits = oracleShapley(journeys);
      expectCredits(said, withZeros(said.values, credits));
      continue;
    }
    const { probability, effects, credits } = oracleMarkov(journeys);
    expectCredits(said, credits);
    expectClose(said.conversionProbability, probability);
    if (probability === null || probability === 0) {
      expect(said.removalEffects).toBeNull();
      continue;
    }
    said.values.forEach((value, at) => {
      expectClose(said.removalEffects?.[at], effects.get(value) ?? 0);
    });
  }
}

/** Names that only lost ways have count nothing. */
function withZeros(
  values: readonly string[],
  credits: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return new Map([...values.map((value) => [value, 0] as const), ...credits]);
}

/** Counted ways give what the events gave that they were counted from. */
async function checkCountedPaths(it: WorldCase): Promise<void> {
  const { journeys } = attributionOfWorld(it);
  const paths = journeys.map(
    ({ labels, isWon }): CountedPath => ({
      touches: labels.map((name) => ({ name, isDirect: name === 'Direct' })),
      conversions: isWon ? 1 : 0,
      nulls: isWon ? 0 : 1,
    }),
  );
  checkDataDriven(attributionOf(DATA_DRIVEN_MODELS, paths, { excludeDirect: false }), journeys);
}

/** The first conversion of every third world. */
async function checkExplanation(it: WorldCase): Promise<void> {
  if (it.events.length % 3 !== 0) return;
  const { question, halfLifeMs, conversions } = attributionOfWorld(it);
  const { models: _models, range: _range, filter: _filter, goal: _goal, ...asked } = question;
  for (const { event, touches, amount, currency } of conversions.slice(0, 1)) {
    const { conversion } = await explainConversion(it.context, { ...asked, eventId: event.id });
    expect(conversion).toMatchObject({
      eventId: event.id,
      eventName: event.name,
      occurredAt: new Date(event.at).toISOString(),
      startedAt: touches.map(({ at }) => new Date(at).toISOString()),
      values: touches.map(({ label }) => label),
    });
    expect(conversion?.revenue == null ? null : Number(conversion.revenue) * 10_000).toEqual(
      amount === null ? null : expect.closeTo(amount, 6),
    );
    if (amount !== null) expect(conversion?.currency).toBe(currency);
    expect(conversion?.channels.map((channel) => channel === 'Direct')).toEqual(
      touches.map(({ isDirect }) => isDirect),
    );
    for (const { model, credits } of conversion?.credits ?? []) {
      const wanted = oracleShares(model, { event, touches }, halfLifeMs);
      expect(credits).toHaveLength(touches.length);
      credits.forEach((credit, at) => {
        expectClose(credit, wanted[at] ?? 0);
      });
    }
  }
  const unknown = await explainConversion(it.context, { ...asked, eventId: 'never sent' });
  expect(unknown.conversion).toBeNull();
}

/** Ways through sessions, and what led to conversions: what an answer must be by the oracle. */
export const JOURNEY_CHECKS: readonly AnswerCheck[] = [
  {
    name: 'paths from a start, to an end, through an edge, with what the limit left out',
    metrics: ['paths'],
    check: checkPaths,
  },
  {
    name: 'credits and revenue of all models, and of one alone',
    metrics: ['attribution'],
    check: checkAttribution,
  },
  { name: 'the explanation of a conversion', metrics: ['attribution'], check: checkExplanation },
];

/** For small worlds: what is read one row a page, and what takes the oracle's own ways. */
export const SMALL_JOURNEY_CHECKS: readonly AnswerCheck[] = [
  {
    name: 'credits of ways that are already counted',
    metrics: ['attribution'],
    check: checkCountedPaths,
  },
  {
    name: 'the sessions and people behind a path, page by page',
    metrics: ['paths'],
    check: checkPathSessions,
  },
];
