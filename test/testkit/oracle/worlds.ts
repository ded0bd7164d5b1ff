import { expect } from 'expect';
import fc from 'fast-check';
import type { MetricContext } from '../../../src/metric/metric.js';
import type { MetricQuestion } from '../../../src/metric/metric-query.js';
import type { Statement } from '../../../src/warehouse/statement.js';
import type { WarehouseReader } from '../../../src/warehouse/warehouse.js';
import { seedProjects } from '../seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../warehouse.js';
import { dimensionValue, type OracleWorld, oracleWorld } from './oracle-metrics.js';
import { type RandomWorld, randomWorld } from './random-world.js';

/** A world in the warehouse as a project of its own, what the oracle knows, and the question. */
export interface WorldCase extends RandomWorld {
  readonly name: string;
  readonly oracle: OracleWorld;
  readonly context: MetricContext;
  readonly asked: MetricQuestion;
}

/** One question asked of a world, whose answer is held against the oracle's. */
export interface AnswerCheck {
  readonly name: string;
  /** Metrics of the catalogue whose answers it compares. */
  readonly metrics: readonly string[];
  /** Rejects where they differ; may give back what no statement's rows tell. */
  check(it: WorldCase): Promise<unknown>;
}

export interface Worlds {
  /**
   * Checks every world, or the first `most`; a difference names the seed, the world and the
   * question. `METRIC_SEED` and `METRIC_WORLDS` in the environment ask for others.
   */
  every(check: (it: WorldCase) => Promise<unknown>, most?: number): Promise<void>;
  stop(): Promise<void>;
}

const DEFAULT_SEED = 20_240_324;

/** A world that is there as the project `name`, and the question it is asked. */
export function worldCase({
  world,
  name,
  kit,
}: {
  readonly world: RandomWorld;
  readonly name: string;
  readonly kit: Pick<TestWarehouse, 'warehouse' | 'database'>;
}): WorldCase {
  const { question } = world;
  return {
    ...world,
    name,
    oracle: oracleWorld(world.events, question),
    context: {
      warehouse: oneThreaded(kit.warehouse),
      database: kit.database,
      settings: {
        linkedDomains: question.linkedDomains,
        sessionTimeoutSeconds: question.timeoutSeconds,
      },
      clock: () => Date.UTC(2026, 0, 1),
    },
    asked: askedOf(name, world),
  };
}

/** Runs a check over worlds, two at a time; a difference names seed, world and question. */
export async function checkWorlds<Case extends WorldCase>(
  cases: readonly Case[],
  seed: number,
  check: (it: Case) => Promise<unknown>,
): Promise<void> {
  const waiting = [...cases];
  const ask = async (): Promise<void> => {
    for (let it = waiting.shift(); it !== undefined; it = waiting.shift()) {
      try {
        await check(it);
      } catch (cause) {
        const { name, asked, grain, breakdown, events } = it;
        const said = JSON.stringify({ seed, name, asked, grain, breakdown });
        const list = events.map((event) => JSON.stringify(event)).join('\n');
        throw new Error(`${said}\n${list}`, { cause });
      }
    }
  };
  await Promise.all([ask(), ask()]);
}

/** Generates worlds and puts all of them into one embedded warehouse as one batch. */
export async function startWorlds(count: number): Promise<Worlds> {
  const seed = Number(process.env.METRIC_SEED ?? DEFAULT_SEED);
  const numRuns = Number(process.env.METRIC_WORLDS ?? count);
  const kit = await startTestWarehouse();
  const cases = fc
    .sample(randomWorld, { numRuns, seed })
    .map((world, index) => worldCase({ world, name: `w${index}`, kit }));
  await seedProjects({
    warehouse: kit.warehouse,
    database: kit.database,
    events: new Map(cases.map(({ name, events }) => [name, events])),
    batch: 'worlds',
  });
  return {
    every: (check, most = numRuns) => checkWorlds(cases.slice(0, most), seed, check),
    stop: () => kit.stop(),
  };
}

/** Worlds are tiny: threads would cost more than the rows, and several worlds are asked at once. */
export function oneThreaded(warehouse: WarehouseReader): WarehouseReader {
  const calm = <Row>(each: Statement<Row>): Statement<Row> => ({
    ...each,
    settings: { ...each.settings, max_threads: 1, compile_expressions: 0 },
  });
  return {
    query: (each, options) => warehouse.query(calm(each), options),
    queryBytes: (each, format, options) => warehouse.queryBytes(calm(each), format, options),
  };
}

function askedOf(projectId: string, { question }: RandomWorld): MetricQuestion {
  const { filter } = question;
  return {
    projectId,
    range: { kind: 'dates', from: question.from, to: question.to },
    timeZone: question.timeZone,
    includeBots: question.includeBots,
    filter:
      filter === undefined
        ? []
        : [{ field: filter.field, operator: 'equals', values: [filter.value] }],
    ...(question.event === undefined ? {} : { event: { event: question.event } }),
  };
}

/** The breakdown value of an event of a world. */
export function valueIn(it: WorldCase): (event: OracleWorld['all'][number]) => string {
  const sessionOf = new Map(
    it.oracle.sessions.flatMap((each) => each.events.map((event) => [event, each] as const)),
  );
  return (event) =>
    dimensionValue(event, sessionOf.get(event), it.breakdown, it.question.linkedDomains);
}

/**
 * Equal but for the last bits of a division: to nine decimals, fewer where the number has more than
 * five digits before them, since a double has some fifteen. Null only equals null.
 */
export function expectClose(got: number | null | undefined, wanted: number | null): void {
  if (wanted === null) expect(got).toBeNull();
  else
    expect(got).toBeCloseTo(wanted, 9 - Math.max(0, Math.floor(Math.log10(Math.abs(wanted))) - 4));
}
