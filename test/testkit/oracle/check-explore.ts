import { expect } from 'expect';
import { computeExplore } from '../../../src/explore/compute-explore.js';
import type { ExploreQuestion, MeasureAsked } from '../../../src/explore/explore-query.js';
import type { OracleEvent } from './oracle-event.js';
import { dimensionValue, distinct, oracleSeries, percentile } from './oracle-metrics.js';
import { entryEvent, isEngaged, type OracleSession } from './oracle-session.js';
import { type AnswerCheck, expectClose, type WorldCase } from './worlds.js';

const DIMENSIONS = [
  'device_type',
  'channel',
  'event_name',
  'page',
  'plan',
  'entry_page',
  'platform',
];

const EVENT_MEASURES: readonly MeasureAsked[] = [
  { measure: 'count' },
  { measure: 'people' },
  { measure: 'sum', property: 'revenue' },
  { measure: 'average', property: 'engaged_ms' },
  { measure: 'minimum', property: 'revenue' },
  { measure: 'maximum', property: 'revenue' },
  { measure: 'median', property: 'revenue' },
  { measure: 'p90', property: 'revenue' },
  { measure: 'p99', property: 'engaged_ms' },
  { measure: 'distinct', property: 'plan' },
];
const SESSION_MEASURES: readonly MeasureAsked[] = [
  { measure: 'count' },
  { measure: 'people' },
  { measure: 'views' },
  { measure: 'views_per_session' },
  { measure: 'average_seconds' },
  { measure: 'median_seconds' },
  { measure: 'p90_seconds' },
  { measure: 'engaged_seconds_per_session' },
  { measure: 'engaged_sessions' },
  { measure: 'bounce_rate' },
];

/** A thing that is counted, with the values of the dimensions. */
interface Item<Thing> {
  readonly thing: Thing;
  readonly place: readonly string[];
}

/** The same parts for a world whenever it is asked. */
function partsOf(it: WorldCase) {
  const pick = it.events.length * 31 + it.name.length + Number(it.question.from.slice(8)) * 7;
  const count = pick % 4;
  const dimensions = Array.from(
    { length: count },
    (_, at) => DIMENSIONS[(pick + at * 3) % DIMENSIONS.length] ?? '',
  );
  const byDimension = count > 0 && pick % 3 === 0;
  const order: ExploreQuestion['order'] = {
    by: byDimension ? 'dimension' : 'measure',
    index: byDimension ? pick % count : pick % 10,
    descending: pick % 5 !== 0,
  };
  return { dimensions, order, limit: [1, 2, 100][pick % 3] ?? 1 };
}

/** Values of a property as numbers, of the events that have one. */
function numbers(events: readonly OracleEvent[], property: string): readonly number[] {
  return events
    .map((event) => event.properties[property])
    .filter((value) => typeof value === 'number' || typeof value === 'string')
    .map(Number)
    .filter((value) => Number.isFinite(value));
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, n) => sum + n, 0) / values.length;
}

function ofEvents(it: WorldCase, { measure, property = '' }: MeasureAsked) {
  return (events: readonly OracleEvent[]): number | null => {
    const values = numbers(events, property);
    if (measure === 'count') return events.length;
    if (measure === 'people') return distinct(events, it.oracle.personOf);
    if (measure === 'sum') return values.reduce((sum, n) => sum + n, 0);
    if (measure === 'average') return mean(values);
    if (measure === 'minimum') return values.length === 0 ? null : Math.min(...values);
    if (measure === 'maximum') return values.length === 0 ? null : Math.max(...values);
    if (measure !== 'distinct') {
      return percentile(values, measure === 'median' ? 0.5 : Number(measure.slice(1)) / 100);
    }
    const labels = events.map((event) => dimensionValue(event, undefined, property, []));
    return new Set(labels.filter((label) => label !== '(none)')).size;
  };
}

function ofSessions(it: WorldCase, { measure }: MeasureAsked) {
  return (sessions: readonly OracleSession[]): number | null => {
    const lengths = sessions.map(({ start, end }) => end - start);
    const inSeconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);
    const events = sessions.flatMap((session) => session.events);
    const viewed = sessions.filter((session) => session.events.some(({ isView }) => isView));
    const first = (session: OracleSession): string => {
      const [event] = session.events;
      return event === undefined ? '' : it.oracle.personOf(event);
    };
    switch (measure) {
      case 'count':
        return sessions.length;
      case 'people':
        return distinct(sessions, first);
      case 'views':
        return events.filter(({ isView }) => isView).length;
      case 'views_per_session':
        return mean(sessions.map((each) => each.events.filter(({ isView }) => isView).length));
      case 'average_seconds':
        return inSeconds(mean(lengths));
      case 'median_seconds':
        return inSeconds(percentile(lengths, 0.5));
      case 'p90_seconds':
        return inSeconds(percentile(lengths, 0.9));
      case 'engaged_seconds_per_session': {
        const engaged = events.filter(({ name }) => name === 'engagement');
        const ms = numbers(engaged, 'engaged_ms').reduce((sum, n) => sum + n, 0);
        return sessions.length === 0 ? null : ms / 1000 / sessions.length;
      }
      case 'engaged_sessions':
        return sessions.filter(isEngaged).length;
      default:
        return mean(viewed.map((session) => (isEngaged(session) ? 0 : 100)));
    }
  };
}

/** Holds an answer against things grouped and measured one by one. */
async function checkRows<Thing>(
  it: WorldCase,
  over: ExploreQuestion['over'],
  things: readonly Item<Thing>[],
  rules: {
    readonly measures: readonly MeasureAsked[];
    readonly of: (asked: MeasureAsked) => (some: readonly Thing[]) => number | null;
    readonly at: (thing: Thing) => number;
  },
): Promise<void> {
  const { measures, of, at } = rules;
  const { dimensions, order, limit } = partsOf(it);
  const grain = { grain: it.grain };
  const asked = { ...it.asked, ...grain, over, measures, dimensions, order, limit };
  const answer = await computeExplore(it.context, asked);
  const groups = new Map<string, Item<Thing>[]>();
  for (const item of things) {
    const key = JSON.stringify(item.place);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  if (dimensions.length === 0) groups.set('[]', [...things]);
  const computed = (items: readonly Item<Thing>[]) => (each: MeasureAsked) =>
    of(each)(items.map(({ thing }) => thing));
  const rows = [...groups].map(([key, items]) => ({
    place: JSON.parse(key) as string[],
    items,
    numbers: measures.map(computed(items)),
  }));
  const sign = order.descending ? -1 : 1;
  const bytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const tie = (a: readonly string[], b: readonly string[]): number =>
    a.map((text, index) => bytes(text, b[index] ?? '')).find((n) => n !== 0) ?? 0;
  rows.sort((a, b) => {
    const { index, by } = order;
    if (by === 'dimension') {
      return sign * bytes(a.place[index] ?? '', b.place[index] ?? '') || tie(a.place, b.place);
    }
    const [one, other] = [a.numbers[index] ?? null, b.numbers[index] ?? null];
    if (one === null || other === null) {
      return Number(one === null) - Number(other === null) || tie(a.place, b.place);
    }
    // What differs in the last bits of a sum is a tie of neither side.
    return sign * (one - other) || tie(a.place, b.place);
  });
  const shown = rows.slice(0, dimensions.length === 0 ? 1 : limit);
  const left = rows.slice(shown.length);
  expect(answer).toMatchObject({ rows: shown.length, otherRows: left.length });
  expect(answer.dimensions).toEqual(
    dimensions.map((name, index) => ({ name, values: shown.map(({ place }) => place[index]) })),
  );
  for (const [index, each] of measures.entries()) {
    const column = answer.measures[index];
    expect(column).toMatchObject(each);
    expect(column?.values).toHaveLength(shown.length);
    for (const [row, { numbers: wanted, items }] of shown.entries()) {
      expectClose(column?.values[row], wanted[index] ?? null);
      const series = oracleSeries(
        it.oracle,
        it.grain,
        items,
        ({ thing }) => at(thing),
        (some) => (computed(some)(each) ?? -1) as number,
      );
      const got = column?.series?.[row] ?? [];
      expect(got).toHaveLength(series.length);
      series.forEach((value, bucket) => {
        expectClose(got[bucket] ?? -1, value);
      });
    }
    expectClose(column?.total, computed(things)(each));
    expectClose(column?.other, computed(left.flatMap(({ items }) => items))(each));
  }
}

async function checkExploreEvents(it: WorldCase): Promise<void> {
  const { dimensions } = partsOf(it);
  const { linkedDomains } = it.question;
  const sessionOf = new Map(
    it.oracle.sessions.flatMap((each) => each.events.map((event) => [event, each] as const)),
  );
  const items = it.oracle.counted.map((thing) => ({
    thing,
    place: dimensions.map((name) =>
      dimensionValue(thing, sessionOf.get(thing), name, linkedDomains),
    ),
  }));
  await checkRows<OracleEvent>(it, 'events', items, {
    measures: EVENT_MEASURES,
    of: (asked) => ofEvents(it, asked),
    at: (event) => event.at,
  });
}

async function checkExploreSessions(it: WorldCase): Promise<void> {
  const { dimensions } = partsOf(it);
  const items = it.oracle.started.map((thing) => ({
    thing,
    place: dimensions.map((name) =>
      dimensionValue(entryEvent(thing), thing, name, it.question.linkedDomains),
    ),
  }));
  await checkRows<OracleSession>(it, 'sessions', items, {
    measures: SESSION_MEASURES,
    of: (asked) => ofSessions(it, asked),
    at: (session) => session.start,
  });
}

/** Questions made of parts: what an answer must be by the oracle. */
export const EXPLORE_CHECKS: readonly AnswerCheck[] = [
  {
    name: 'events by any dimensions, in any order, with series, rest and total',
    metrics: ['explore'],
    check: checkExploreEvents,
  },
  {
    name: 'sessions by any dimensions, in any order, with series, rest and total',
    metrics: ['explore'],
    check: checkExploreSessions,
  },
];
