import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { computeExperiment, experimentOf } from '../../src/experiment/compute-experiment.js';
import type {
  ExperimentAnswer,
  ExperimentQuestion,
} from '../../src/experiment/experiment-query.js';
import type { MetricContext } from '../../src/metric/metric.js';
import {
  type ExposureEvent,
  type ExposureQuestion,
  oracleParticipants,
} from '../testkit/experiment-oracle.js';
import { oneThreaded } from '../testkit/oracle/worlds.js';
import { type EventJson, seedEvents, seedProjects } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

jest.setTimeout(600_000);

/** `EXPERIMENT_SEED` and `EXPERIMENT_WORLDS` in the environment ask for others. */
const SEED = Number(process.env.EXPERIMENT_SEED ?? 20_261_128);
const WORLDS = Number(process.env.EXPERIMENT_WORLDS ?? 200);
const START = Date.UTC(2024, 2, 30, 20);
const HOUR = 3_600_000;
const BOT_AGENT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

let kit: TestWarehouse;
let context: MetricContext;

beforeAll(async () => {
  kit = await startTestWarehouse();
  context = {
    warehouse: oneThreaded(kit.warehouse),
    database: kit.database,
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1800 },
    clock: () => START,
  };
});

afterAll(() => kit.stop());

function question(
  projectId: string,
  changes: Partial<ExperimentQuestion> = {},
): ExperimentQuestion {
  return {
    projectId,
    range: { kind: 'dates', from: '2024-03-01', to: '2024-03-03' },
    timeZone: 'UTC',
    filter: [],
    includeBots: false,
    experiment: 'e',
    goals: [{ event: 'buy' }],
    control: 'control',
    isDaily: false,
    ...changes,
  };
}

/** `person:variant@hours` exposes, `person!goal@hours` converts; hours since 2024-03-01T00:00Z. */
async function seed(projectId: string, text: string): Promise<void> {
  const events = text.split(' ').map((word, index): EventJson => {
    const [, person = '', kind = '', name = '', hours = ''] =
      /^(.+?)([:!])(.+)@(.+)$/.exec(word) ?? [];
    const timestamp = new Date(Date.UTC(2024, 2, 1) + Number(hours) * HOUR).toISOString();
    return {
      event_id: `${index}`,
      event_name: kind === ':' ? 'experiment_exposure' : name,
      timestamp,
      received_at: timestamp,
      anonymous_id: person,
      properties: kind === ':' ? { experiment: 'e', variant: name } : {},
    };
  });
  const { warehouse, database } = kit;
  expect(await seedEvents({ warehouse, database, projectId, events, batch: projectId })).toBe(0);
}

describe('an experiment asked of the warehouse', () => {
  test('is answered for several goals at once, day by day', async () => {
    await seed(
      'days',
      'a:control@1 a!buy@2 a!sign@30 b:control@25 c:test@3 c!buy@50 c!buy@51 d:test@49 m:test@1 m:control@2',
    );
    const answer = await computeExperiment(
      context,
      question('days', { goals: [{ event: 'buy' }, { event: 'sign' }], isDaily: true }),
    );
    expect(answer).toMatchObject({ multiVariantUsers: 1, warnings: [] });
    const [buy, sign] = answer.goals;
    expect(
      buy?.variants.map(({ variant, users, conversions }) => [variant, users, conversions]),
    ).toEqual([
      ['control', 2, 1],
      ['test', 2, 1],
    ]);
    expect(sign?.variants.map(({ conversions }) => conversions)).toEqual([1, 0]);
    expect(buy?.series).toEqual({
      bucketStarts: ['2024-03-01', '2024-03-02', '2024-03-03'].map((day) => `${day}T00:00:00.000Z`),
      variants: [
        {
          variant: 'control',
          users: [1, 2, 2],
          conversions: [1, 1, 1],
          ratePercents: [100, 50, 50],
          liftPercents: [null, null, null],
          pValues: [null, null, null],
        },
        {
          variant: 'test',
          users: [1, 1, 2],
          conversions: [0, 0, 1],
          ratePercents: [0, 0, 50],
          liftPercents: [-100, -100, 0],
          pValues: [expect.closeTo(0.157299207, 8), expect.closeTo(0.386476231, 8), 1],
        },
      ],
    });
  });

  test('nobody met is empty, without a warning and without an error', async () => {
    expect(await computeExperiment(context, question('nobody', { isDaily: true }))).toMatchObject({
      multiVariantUsers: 0,
      sampleRatio: { chiSquare: 0, pValue: 1, isMismatch: false },
      warnings: [],
      goals: [{ variants: [], series: { variants: [] } }],
    });
  });

  test('a control without users and a single variant are answered with a warning', async () => {
    await seed('single', 'a:test@1 a!buy@2 b:test@3');
    const answer = await computeExperiment(context, question('single'));
    expect(answer.warnings).toEqual(['control_without_users', 'single_variant']);
    expect(answer.goals[0]?.variants).toMatchObject([
      { variant: 'test', users: 2, ratePercent: 50, comparison: { liftPercent: null, z: null } },
    ]);
  });

  test('refuses wrong questions with a code and the field', async () => {
    await seed('refused', 'a:control@1 b:test@2');
    const refused = (changes: Partial<ExperimentQuestion>) =>
      computeExperiment(context, question('refused', changes)).catch((error: unknown) => error);
    for (const windowSeconds of [0, -1, Number.NaN, 2 * 366 * 86_400]) {
      expect(await refused({ windowSeconds })).toMatchObject({
        code: 'BAD_USER_INPUT',
        details: { field: 'windowSeconds', maximum: 366 * 86_400 },
      });
    }
    expect(await refused({ goals: [] })).toMatchObject({ details: { field: 'goals' } });
    const weights = (control: number, test: number) => ({
      allocation: [
        { variant: 'control', weight: control },
        { variant: 'test', weight: test },
      ],
    });
    expect(await refused(weights(0, 0))).toMatchObject({ details: { field: 'allocation' } });
    expect(await refused(weights(1, 0))).toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field: 'allocation', variants: ['control', 'test'] },
    });
  });
});

describe('experiments of random worlds', () => {
  interface World {
    readonly question: ExposureQuestion;
    readonly events: readonly ExposureEvent[];
  }

  const goal = fc.constantFrom<ExposureQuestion['goals'][number]>(
    { event: 'buy' },
    { event: 'buy', plan: 'p' },
    { plan: 'q' },
    { event: 'experiment_exposure' },
    {},
  );

  // Half hours over a change of clocks: ties, conversions at the exposure, windows met to the ms.
  const world: fc.Arbitrary<World> = fc
    .record({
      goals: fc.array(goal, { minLength: 1, maxLength: 3 }),
      window: fc.option(fc.integer({ min: 1, max: 8 }), { freq: 2 }),
      from: fc.integer({ min: 0, max: 6 }),
      length: fc.integer({ min: 8, max: 90 }),
      onlyPlan: fc.constantFrom(null, null, null, 'p'),
      includeBots: fc.constantFrom(false, false, true),
      events: fc.array(
        fc.record({
          name: fc.constantFrom(
            'experiment_exposure',
            'experiment_exposure',
            'buy',
            'buy',
            'other',
          ),
          at: fc.integer({ min: 0, max: 96 }),
          device: fc.constantFrom('d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'u1', ''),
          user: fc.constantFrom('', '', '', 'u1', 'u2', 'd1'),
          experiment: fc.constantFrom('e', 'e', 'e', 'e', 'other'),
          variant: fc.constantFrom('control', 'control', 'test', 'test', 'third', ''),
          plan: fc.constantFrom('', 'p', 'q'),
          isBot: fc.constantFrom(false, false, false, false, true),
        }),
        { minLength: 6, maxLength: 40, size: 'max' },
      ),
    })
    .map(({ window, from, length, events, ...asked }) => ({
      question: {
        ...asked,
        experiment: 'e',
        window: window === null ? null : (window * HOUR) / 2,
        from: START + (from * HOUR) / 2,
        to: START + ((from + length) * HOUR) / 2,
      },
      events: events.flatMap(({ at, ...event }, i) =>
        event.device === '' && event.user === ''
          ? []
          : [{ ...event, id: `${(i * 17) % 31}-é-${i}`, time: START + (at * HOUR) / 2 }],
      ),
    }));

  function asImported(event: ExposureEvent): EventJson {
    const isExposure = event.name === 'experiment_exposure';
    return {
      event_id: event.id,
      event_name: event.name,
      timestamp: new Date(event.time).toISOString(),
      received_at: new Date(event.time).toISOString(),
      platform: 'web',
      anonymous_id: event.device,
      user_id: event.user,
      user_agent: event.isBot ? BOT_AGENT : '',
      properties: {
        ...(event.plan === '' ? {} : { plan: event.plan }),
        ...(isExposure ? { experiment: event.experiment } : {}),
        ...(isExposure && event.variant !== '' ? { variant: event.variant } : {}),
      },
    };
  }

  function asAsked(projectId: string, asked: ExposureQuestion): ExperimentQuestion {
    return question(projectId, {
      range: {
        kind: 'instants',
        from: new Date(asked.from).toISOString(),
        to: new Date(asked.to).toISOString(),
      },
      timeZone: 'Europe/Berlin',
      goals: asked.goals.map(({ event, plan }) => ({
        ...(event === undefined ? {} : { event }),
        ...(plan === undefined ? {} : { where: { plan } }),
      })),
      ...(asked.window === null ? {} : { windowSeconds: asked.window / 1000 }),
      filter:
        asked.onlyPlan === null
          ? []
          : [{ field: 'plan', operator: 'equals', values: [asked.onlyPlan] }],
      includeBots: asked.includeBots,
      isDaily: true,
    });
  }

  const localDate = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' });

  /** Parts of the answer that event lists alone decide. */
  function countsOf({ multiVariantUsers, goals }: ExperimentAnswer) {
    return {
      multiVariantUsers,
      goals: goals.map(({ variants, series }) => ({
        variants: variants.map(({ variant, users, conversions }) => ({
          variant,
          users,
          conversions,
        })),
        series: series?.variants.map(({ variant, users, conversions }) => ({
          variant,
          users,
          conversions,
        })),
      })),
    };
  }

  function wantedOf({ question: asked, events }: World, days: readonly string[]) {
    const all = oracleParticipants(asked, events);
    const clean = all.filter(({ isMixed }) => !isMixed);
    const names = [...new Set(clean.map(({ variant }) => variant))].sort();
    return {
      multiVariantUsers: all.length - clean.length,
      goals: asked.goals.map((_, goalAt) => {
        const at = (variant: string, until: string) => {
          const own = clean.filter(
            (each) => each.variant === variant && localDate.format(each.exposed) <= until,
          );
          const converted = clean.filter((each) => {
            const moment = each.converted[goalAt] ?? null;
            return each.variant === variant && moment !== null && localDate.format(moment) <= until;
          });
          return { users: own.length, conversions: converted.length };
        };
        return {
          variants: names.map((variant) => ({ variant, ...at(variant, '9999') })),
          series: names.map((variant) => ({
            variant,
            users: days.map((day) => at(variant, day).users),
            conversions: days.map((day) => at(variant, day).conversions),
          })),
        };
      }),
    };
  }

  test('all agree with the slow evaluation', async () => {
    const worlds = fc.sample(world, { seed: SEED, numRuns: WORLDS });
    const { warehouse, database } = kit;
    const projects = worlds.map(({ events }, i) => [`world-${i}`, events.map(asImported)] as const);
    await seedProjects({ warehouse, database, events: new Map(projects), batch: 'worlds' });
    let participants = 0;
    for (const [i, each] of worlds.entries()) {
      const answer = await computeExperiment(context, asAsked(`world-${i}`, each.question));
      const days = (answer.goals[0]?.series?.bucketStarts ?? []).map((start) =>
        localDate.format(new Date(start)),
      );
      try {
        expect(countsOf(answer)).toEqual(wantedOf(each, days));
        // The statistics are those of the counts, whatever they were counted from.
        for (const { variants } of answer.goals) {
          const counts = variants.map(({ variant, users, conversions }) => ({
            variant,
            users,
            conversions,
          }));
          expect(experimentOf(counts, 'control').variants).toEqual(variants);
          for (const { users } of counts) participants += users;
        }
      } catch (cause) {
        throw new Error(
          `world ${i}, seed ${SEED}: ${JSON.stringify(each, null, 1)}\n${String(cause)}`,
        );
      }
    }
    // The worlds must not be empty by accident.
    expect(participants).toBeGreaterThan(WORLDS);
  });
});
