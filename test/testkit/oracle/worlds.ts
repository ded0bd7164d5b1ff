import { crc32 } from 'node:zlib';
import { expect } from 'expect';
import fc from 'fast-check';
import { DEAD_LETTER_COLUMNS, deadLetterRow } from '../../../ingest/ingester/dead-letter-row.js';
import type { MetricContext } from '../../../src/metric/metric.js';
import type { MetricQuestion } from '../../../src/metric/metric-query.js';
import { type Statement, statement } from '../../../src/warehouse/statement.js';
import type { WarehouseReader } from '../../../src/warehouse/warehouse.js';
import { type EventJson, seedProjects } from '../seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../warehouse.js';
import { dimensionValue, type OracleWorld, oracleWorld } from './oracle-metrics.js';
import { type RandomWorld, randomWorld } from './random-world.js';

/** A world in the warehouse as a project of its own, what the oracle knows, and the question. */
export interface WorldCase extends RandomWorld {
  readonly name: string;
  /** Whether every copy of `events` reached bronze, and nothing else did. */
  readonly hasEveryCopy: boolean;
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

/** Seed of the worlds unless `METRIC_SEED` gives another. */
export const WORLDS_SEED = 20_240_324;

/** A world that is there as the project `name`, and the question it is asked. */
export function worldCase({
  world,
  name,
  kit,
  hasEveryCopy = false,
}: {
  readonly world: RandomWorld;
  readonly name: string;
  readonly kit: Pick<TestWarehouse, 'warehouse' | 'database'>;
  readonly hasEveryCopy?: boolean;
}): WorldCase {
  const { question } = world;
  return {
    ...world,
    name,
    hasEveryCopy,
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

/** Batches that the events of worlds arrive in. */
const PIECES = 3;

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

/**
 * Generates worlds and puts all of them into one embedded warehouse, in a few batches that stay
 * unmerged, so that answers cannot rest on one row for one key. Copies of an event are in one batch.
 *
 * @param turns Each check is asked of every so manieth world, and another check of others; what the
 *   environment asks for is asked of all.
 */
export async function startWorlds(count: number, turns = 1): Promise<Worlds> {
  const seed = Number(process.env.METRIC_SEED ?? WORLDS_SEED);
  const numRuns = Number(process.env.METRIC_WORLDS ?? count);
  const kit = await startTestWarehouse();
  const cases = fc
    .sample(randomWorld, { numRuns, seed })
    .map((world, index) => worldCase({ world, name: `w${index}`, kit, hasEveryCopy: true }));
  await kit.warehouse.execute(statement('worlds.stop_merges', 'SYSTEM STOP MERGES'));
  for (let piece = 0; piece < PIECES; piece += 1) {
    const isOfPiece = ({ event_id }: EventJson): boolean => crc32(event_id) % PIECES === piece;
    await seedProjects({
      warehouse: kit.warehouse,
      database: kit.database,
      events: new Map(cases.map(({ name, events }) => [name, events.filter(isOfPiece)])),
      batch: `worlds ${piece}`,
      appendedAt: Date.now(),
    });
  }
  await seedRefused(kit, new Map(cases.map(({ name, refused }) => [name, refused])));
  return {
    every(check, most = numRuns) {
      const step = process.env.METRIC_WORLDS === undefined ? turns : 1;
      const turn = [...check.name].reduce((sum, char) => sum + (char.codePointAt(0) ?? 0), 0);
      const asked = cases.filter((_, index) => (index + turn) % step === 0);
      return checkWorlds(asked.slice(0, most), seed, check);
    },
    stop: () => kit.stop(),
  };
}

/** Input that became no event, received at the given instants. */
async function seedRefused(
  { warehouse, database }: TestWarehouse,
  refused: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const letters = [...refused].flatMap(([projectId, instants]) =>
    instants.map((at, index) => ({
      projectId,
      deadLetterId: `${projectId}-${index}`,
      reason: 'NOT_AN_OBJECT' as const,
      message: '',
      source: 'collector',
      sourcePartition: -1,
      sourceOffset: -1n,
      attempts: 1,
      receivedAt: Date.parse(at),
      key: null,
      value: Buffer.alloc(0),
      headers: {},
    })),
  );
  const appendedAt = Date.now();
  const record = { topic: 'topic_dead_letters', partition: 0, appendedAt };
  await warehouse.insert({
    table: `${database}.bronze_dead_letters`,
    columns: DEAD_LETTER_COLUMNS,
    rows: letters.map((letter, index) =>
      deadLetterRow(letter, { ...record, offset: BigInt(index) }, '1'),
    ),
    token: 'refused',
  });
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

/** The context of a world where events alone may answer, whatever table is the cheapest. */
export function fromEvents(it: WorldCase): MetricContext {
  return { ...it.context, onlyTables: ['silver_events'] };
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
 * Holds an answer against what it must be: all that `wanted` names, lists as long, numbers as
 * {@link expectClose} compares them.
 */
export function expectAlike(got: unknown, wanted: unknown, path = 'answer'): void {
  if (typeof wanted === 'number') {
    if (got !== wanted) expectClose(typeof got === 'number' ? got : null, wanted, path);
  } else if (typeof wanted === 'object' && wanted !== null) {
    const own = (got ?? {}) as Readonly<Record<string, unknown>>;
    if (Array.isArray(wanted)) expect([path, own.length]).toEqual([path, wanted.length]);
    for (const [key, value] of Object.entries(wanted)) {
      expectAlike(own[key], value, `${path}.${key}`);
    }
  } else {
    expect([path, got]).toEqual([path, wanted]);
  }
}

/**
 * Equal but for the last bits of a division: to nine decimals, fewer where the number has more than
 * five digits before them, since a double has some fifteen. Null only equals null.
 */
export function expectClose(
  got: number | null | undefined,
  wanted: number | null,
  path = 'answer',
): void {
  if (wanted === null || typeof got !== 'number') {
    expect([path, got]).toEqual([path, wanted]);
    return;
  }
  const decimals = 9 - Math.max(0, Math.floor(Math.log10(Math.abs(wanted))) - 4);
  if (Math.abs(got - wanted) >= 10 ** -decimals / 2) expect([path, got]).toEqual([path, wanted]);
}
