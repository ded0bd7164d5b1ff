import { setTimeout } from 'node:timers/promises';
import { AppError } from '../../src/errors.js';
import { statement } from '../../src/warehouse/statement.js';
import type { WarehouseReader } from '../../src/warehouse/warehouse.js';

/** Parts of the tables, as `system.parts` counts them. */
export interface PartCounts {
  /** Active parts of all tables. */
  readonly total: number;
  /** Active parts of the partition that has most; the engine refuses inserts above 3,000. */
  readonly most: number;
}

export interface MergePaceOptions {
  readonly warehouse: Pick<WarehouseReader, 'query'>;
  /** Database of the tables. */
  readonly database: string;
  /** Told of each count. */
  readonly onCount: (parts: PartCounts) => void;
  /** ms since 1970. */
  readonly clock: () => number;
}

/** Waits as long as the merges need; resolves at once while they keep up. */
export type AwaitMerges = (signal: AbortSignal) => Promise<void>;

/** How long a count is good for, ms. */
const COUNT_MS = 2_000;
/**
 * From the first number of parts in one partition batches are slowed down, from the second on each
 * waits the longest. The engine itself delays inserts from 1,000 on and refuses them from 3,000 on
 * (`parts_to_delay_insert`, `parts_to_throw_insert`).
 */
const SLOW_FROM = 300;
const SLOWEST_FROM = 900;
const LONGEST_WAIT_MS = 3_000;

/**
 * How long a batch waits when the fullest partition has this many parts, in ms: nothing up to 300,
 * then in proportion, 3 s from 900 on. Meanwhile the log collects, so the next batch is larger and
 * makes fewer parts.
 */
export function mergeWaitMs(parts: number): number {
  const share = (parts - SLOW_FROM) / (SLOWEST_FROM - SLOW_FROM);
  return Math.round(LONGEST_WAIT_MS * Math.min(Math.max(share, 0), 1));
}

/** Keeps the ingester from making parts faster than the engine merges them. */
export function createMergePace({
  warehouse,
  database,
  onCount,
  clock,
}: MergePaceOptions): AwaitMerges {
  let parts: PartCounts = { total: 0, most: 0 };
  let countedAt = Number.NEGATIVE_INFINITY;
  let counting: Promise<void> | null = null;

  async function count(): Promise<void> {
    const { rows } = await warehouse.query(
      statement<PartCounts>(
        'ingester.parts',
        `SELECT toFloat64(sum(parts)) AS total, toFloat64(max(parts)) AS most
         FROM (
           SELECT count() AS parts FROM system.parts
           WHERE active AND database = {database:String}
           GROUP BY table, partition_id
         )`,
        { database },
      ),
    );
    parts = rows[0] ?? { total: 0, most: 0 };
    countedAt = clock();
    onCount(parts);
  }

  return async (signal) => {
    if (clock() - countedAt >= COUNT_MS) {
      counting ??= count().finally(() => {
        counting = null;
      });
      await counting;
    }
    const waitMs = mergeWaitMs(parts.most);
    if (waitMs > 0) await waitFor(waitMs, signal);
  };
}

/**
 * Waits before a batch is written.
 *
 * @throws AppError retryable `EVENT_LOG_UNAVAILABLE` when the lane of the batch ends meanwhile.
 */
export async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch (cause) {
    throw new AppError('EVENT_LOG_UNAVAILABLE', 'the lane ended while a batch waited', {
      isRetryable: true,
      cause,
    });
  }
}
