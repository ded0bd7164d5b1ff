import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { computeEventVolume } from '../../src/metric/event-volume.js';
import type { Cohort } from '../../src/metric/metric-query.js';
import { computeSessions } from '../../src/metric/sessions.js';
import { computeUniqueUsers } from '../../src/metric/unique-users.js';
import { type OracleEvent, oracleEvents } from '../testkit/oracle/oracle-event.js';
import { distinct } from '../testkit/oracle/oracle-metrics.js';
import { randomWorld } from '../testkit/oracle/random-world.js';
import { checkWorlds, type WorldCase, worldCase } from '../testkit/oracle/worlds.js';
import { seedProjects } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

jest.setTimeout(120_000);

const WORLDS = 120;
const SEED = Number(process.env.METRIC_SEED ?? 20_240_701);

interface CohortCase extends WorldCase {
  readonly cohort: Cohort;
}

const behaviour: fc.Arbitrary<Cohort> = fc
  .record({
    kind: fc.constant('did' as const),
    event: fc.oneof(
      fc.constantFrom('page_view', 'click', 'purchase', 'identify').map((event) => ({ event })),
      fc.constant({}),
    ),
    filter: fc.constantFrom(
      [],
      [],
      [{ field: 'plan', operator: 'equals' as const, values: ['pro'] }],
      [{ field: 'page', operator: 'equals' as const, values: ['/a'] }],
    ),
    atLeast: fc.constantFrom(0, 1, 1, 2, 3),
    more: fc.constantFrom(0, 0, 1, null),
    isRanged: fc.boolean(),
  })
  .map(({ more, isRanged, ...rest }) => ({
    ...rest,
    ...(more === null ? {} : { atMost: rest.atLeast + more }),
    ...(isRanged
      ? { period: { kind: 'dates' as const, from: '2024-03-01', to: '2024-06-30' } }
      : {}),
  }));

const property: fc.Arbitrary<Cohort> = fc
  .constantFrom('pro', '5', '(none)', 'Pro')
  .map((value) => ({
    kind: 'person',
    condition: { field: 'person.plan', operator: 'equals', values: [value] },
  }));

const account: fc.Arbitrary<Cohort> = fc
  .constantFrom('u1', 'u2', 'd2', 'd1')
  .map((userId) => ({ kind: 'user', userId }));

const cohorts: fc.Arbitrary<Cohort> = fc.letrec<{ cohort: Cohort }>((tie) => ({
  cohort: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    behaviour,
    property,
    account,
    fc.record({
      kind: fc.constantFrom('all' as const, 'any' as const),
      cohorts: fc.array(tie('cohort'), { minLength: 1, maxLength: 3 }),
    }) as fc.Arbitrary<Cohort>,
    fc.record({ kind: fc.constant('not' as const), cohort: tie('cohort') }),
  ),
})).cohort;

let kit: TestWarehouse;
let cases: readonly CohortCase[];

beforeAll(async () => {
  kit = await startTestWarehouse();
  const drawn = fc.sample(fc.tuple(randomWorld, cohorts), { numRuns: WORLDS, seed: SEED });
  cases = drawn.map(([world, cohort], index) => {
    const { filter: _, event: __, ...question } = world.question;
    const events = world.events.map((event) =>
      ['login', 'signup', 'scroll'].includes(event.event_name)
        ? { ...event, event_name: 'identify' }
        : event,
    );
    return {
      ...worldCase({ world: { ...world, question, events }, name: `c${index}`, kit }),
      cohort,
    };
  });
  await seedProjects({
    ...kit,
    events: new Map(cases.map(({ name, events }) => [name, events])),
    batch: 'cohorts',
  });
}, 120_000);

afterAll(() => kit.stop());

/** Named as the oracle names an account. */
const accountOf = (userId: string): string => `user ${userId}`;

/** Who belongs, person by person, in plain words of the rules. */
function belongs(
  it: CohortCase,
  cohort: Cohort,
  events: readonly OracleEvent[],
  said: unknown,
  person: string,
): boolean {
  switch (cohort.kind) {
    case 'all':
      return cohort.cohorts.every((each) => belongs(it, each, events, said, person));
    case 'any':
      return cohort.cohorts.some((each) => belongs(it, each, events, said, person));
    case 'not':
      return !belongs(it, cohort.cohort, events, said, person);
    case 'user':
      return person === accountOf(cohort.userId);
    case 'person': {
      const [value] = cohort.condition.values;
      return value === '(none)' ? said === undefined : said === value;
    }
    case 'did': {
      const times = events.filter((event) => {
        const date = it.oracle.dateOf(event.at);
        const [condition] = cohort.filter;
        return (
          (cohort.event.event ?? event.name) === event.name &&
          (cohort.period === undefined || (date >= '2024-03-01' && date <= '2024-06-30')) &&
          (condition === undefined ||
            (condition.field === 'page' ? event.page : event.properties.plan) ===
              condition.values[0])
        );
      }).length;
      return times >= cohort.atLeast && times <= (cohort.atMost ?? times);
    }
  }
}

function members(it: CohortCase): (event: OracleEvent) => boolean {
  const { personOf, all } = it.oracle;
  const plans = new Map<string, unknown>();
  // Bots tell properties too, as they tell whose device it is.
  for (const event of oracleEvents(it.events)) {
    if (event.name === 'identify' && event.properties.plan !== undefined) {
      plans.set(personOf(event), event.properties.plan);
    }
  }
  const known = new Map<string, boolean>();
  return (event) => {
    const person = personOf(event);
    const verdict =
      known.get(person) ??
      belongs(
        it,
        it.cohort,
        all.filter((each) => personOf(each) === person),
        plans.get(person),
        person,
      );
    known.set(person, verdict);
    return verdict;
  };
}

test('events, people and sessions of a cohort are those of the oracle', async () => {
  let some = 0;
  await checkWorlds(cases, SEED, async (it) => {
    const isMember = members(it);
    const { counted, personOf, started } = it.oracle;
    const within = counted.filter(isMember);
    if (within.length > 0 && within.length < counted.length) some += 1;
    const asked = {
      ...it.asked,
      filter: [{ field: 'cohort', operator: 'in' as const, values: [], cohort: it.cohort }],
    };
    expect((await computeEventVolume(it.context, asked)).total).toBe(within.length);
    expect((await computeUniqueUsers(it.context, asked)).total).toBe(distinct(within, personOf));
    const bySilver = { ...it.context, onlyTables: ['silver_events' as const] };
    expect((await computeUniqueUsers(bySilver, asked)).total).toBe(distinct(within, personOf));
    expect((await computeSessions(it.context, asked)).total).toBe(
      started.filter(({ events: [first] }) => first !== undefined && isMember(first)).length,
    );
  });
  expect(some).toBeGreaterThan(WORLDS / 20);
});

test('what is said last of a person breaks events down', async () => {
  await checkWorlds(cases, SEED, async (it) => {
    const { personOf, counted } = it.oracle;
    const plans = new Map<string, unknown>();
    for (const event of oracleEvents(it.events)) {
      const { plan } = event.properties;
      if (event.name === 'identify' && plan !== undefined) {
        const text = typeof plan === 'object' ? JSON.stringify(plan) : String(plan);
        plans.set(personOf(event), text.normalize('NFC'));
      }
    }
    const expected = new Map<string, number>();
    for (const event of counted) {
      const value = String(plans.get(personOf(event)) ?? '(none)');
      expected.set(value, (expected.get(value) ?? 0) + 1);
    }
    const { breakdown } = await computeEventVolume(it.context, {
      ...it.asked,
      breakdown: { dimension: 'person.plan', limit: 100 },
    });
    const got = new Map(breakdown?.values.map((value, i) => [value, breakdown.counts[i] ?? 0]));
    expect(got).toEqual(expected);
  });
});
