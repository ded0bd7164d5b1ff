import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { computeFunnel } from '../../src/funnel/compute-funnel.js';
import { computeFunnelActors } from '../../src/funnel/compute-funnel-actors.js';
import type { FunnelActorsQuestion, FunnelPassage } from '../../src/funnel/funnel-actors.js';
import type { FunnelParts } from '../../src/funnel/funnel-query.js';
import type { MetricContext } from '../../src/metric/metric.js';
import { type OraclePassage, oracleFunnel, type WorldQuestion } from '../testkit/funnel-oracle.js';
import { funnelValues } from '../testkit/funnel-values.js';
import {
  askedFunnel,
  type FunnelWorlds,
  funnelWorlds,
  importedEvent,
  WORLDS_START,
} from '../testkit/funnel-worlds.js';
import { oneThreaded } from '../testkit/oracle/worlds.js';
import { seedProjects } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

jest.setTimeout(3_600_000);

/** `FUNNEL_SEED` and `FUNNEL_WORLDS` in the environment ask for others. */
const SEED = Number(process.env.FUNNEL_SEED ?? 20_261_124);
const WORLDS = Number(process.env.FUNNEL_WORLDS ?? 2_000);
/** Worlds that are asked together; each actor is compared all the same. */
const TOGETHER = 40;
const BOUNDS = [60, 150, 600] as const;

let kit: TestWarehouse;
let context: MetricContext;

beforeAll(async () => {
  kit = await startTestWarehouse();
  context = {
    warehouse: oneThreaded(kit.warehouse),
    database: kit.database,
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1800 },
    clock: () => WORLDS_START,
  };
});

afterAll(() => kit.stop());

type Chains = ReadonlyMap<string, readonly OraclePassage[]>;

function chainsOf(question: WorldQuestion, { worlds }: FunnelWorlds): Chains {
  const all = new Map<string, OraclePassage[]>();
  for (const events of worlds) {
    for (const [value, chains] of oracleFunnel(question, events)) {
      all.set(value, [...(all.get(value) ?? []), ...chains]);
    }
  }
  return all;
}

/** Values by breakdown value, or under the empty name. */
function gotOf({ result, byValue }: FunnelParts) {
  return byValue === null
    ? { '': result }
    : Object.fromEntries(byValue.map((each) => [each.value, each.result]));
}

function wantedOf(question: WorldQuestion, chains: Chains) {
  const { from, to, steps, breakdown } = question;
  const values = (list: readonly OraclePassage[]) =>
    funnelValues(list, steps.length, { bounds: BOUNDS, from, to });
  if (breakdown === null) return { '': values(chains.get('(none)') ?? []) };
  return Object.fromEntries([...chains].map(([value, list]) => [value, values(list)]));
}

const personOf = ({ userId, anonymousId }: FunnelPassage): string =>
  userId === '' ? `device ${anonymousId}` : `user ${userId}`;

/** Every page of a list of actors. */
async function allPassages(question: FunnelActorsQuestion): Promise<readonly FunnelPassage[]> {
  const passages: FunnelPassage[] = [];
  let asOfMs: number | undefined;
  for (;;) {
    const after = passages.at(-1);
    const page = await computeFunnelActors(context, {
      ...question,
      ...(asOfMs === undefined ? {} : { asOfMs }),
      ...(after === undefined ? {} : { after }),
    });
    asOfMs = Date.parse(page.meta.asOf);
    passages.push(...page.passages);
    expect(page.total).toBeGreaterThanOrEqual(passages.length);
    expect(page.hasMore).toBe(passages.length < page.total);
    if (!page.hasMore) return passages;
  }
}

/** The chain of each actor, in the order of the list but for ties. */
async function checkActors(
  question: FunnelActorsQuestion,
  chains: Chains,
  isWanted: (chain: OraclePassage, value: string) => boolean,
): Promise<void> {
  const passages = await allPassages(question);
  const got = passages.map((passage) =>
    JSON.stringify([passage.reachedAt, personOf(passage), passage.value]),
  );
  const wanted = [...chains].flatMap(([value, list]) =>
    list
      .filter((chain) => isWanted(chain, value))
      .map(({ times, person }) =>
        JSON.stringify([
          times.map((time) => new Date(time).toISOString()),
          person,
          question.breakdown === undefined ? '' : value,
        ]),
      ),
  );
  expect([...got].sort()).toEqual(wanted.sort());
  const starts = passages.map(({ startedMs }) => startedMs);
  expect(starts).toEqual([...starts].sort((a, b) => b - a));
  const keys = passages.map(({ actor, value }) => JSON.stringify([actor, value]));
  expect(new Set(keys).size).toBe(keys.length);
}

test('random worlds agree with the slow evaluation, in numbers and actor by actor', async () => {
  const groups = fc.sample(funnelWorlds(TOGETHER), {
    seed: SEED,
    numRuns: Math.ceil(WORLDS / TOGETHER),
  });
  const { warehouse, database } = kit;
  const projects = groups.map(
    ({ worlds }, i) => [`group-${i}`, worlds.flat().map(importedEvent)] as const,
  );
  await seedProjects({ warehouse, database, events: new Map(projects), batch: 'worlds' });
  let actors = 0;
  for (const [i, group] of groups.entries()) {
    const { question } = group;
    const chains = chainsOf(question, group);
    for (const list of chains.values()) actors += list.length;
    const asked = askedFunnel(`group-${i}`, question);
    const isSegmented = i % 8 === 0;
    try {
      const answer = await computeFunnel(context, {
        ...asked,
        grain: 'hour',
        timeBounds: BOUNDS,
        segments: isSegmented
          ? [{ name: 'q', filter: [{ field: 'plan', operator: 'equals', values: ['q'] }] }]
          : [],
      });
      expect(gotOf(answer)).toEqual(wantedOf(question, chains));
      if (isSegmented && question.onlyPlan === null) {
        const part = { ...question, onlyPlan: 'q' };
        expect(answer.segments.map(({ name }) => name)).toEqual(['q']);
        expect(answer.segments.map(gotOf)).toEqual([wantedOf(part, chainsOf(part, group))]);
      }
      await checkActors({ ...asked, step: 1, which: 'reached', first: 1_000 }, chains, () => true);
      if (i % 8 !== 1) continue;
      const dropped = { ...asked, step: 1, which: 'dropped_off', first: 7 } as const;
      await checkActors(dropped, chains, ({ depth }) => depth === 1);
    } catch (cause) {
      const told = JSON.stringify({ seed: SEED, group: i, question }, null, 1);
      throw new Error(`${told}\n${String(cause)}`, { cause });
    }
  }
  // The worlds must not be empty by accident.
  expect(actors).toBeGreaterThan(WORLDS / 2);
});
