import type { Logger } from 'pino';
import type { LogBatch, OpenIntent, PartitionPosition } from '../../src/event-log/event-log.js';
import { statement } from '../../src/warehouse/statement.js';
import type { WarehouseReader } from '../../src/warehouse/warehouse.js';
import { instantText } from './instant-text.js';
import { waitFor } from './merge-pace.js';

/** Resolves when the blocks of a batch may be written; rejects when `signal` aborts or a look fails. */
export type AdmitBatch = (
  batch: Pick<LogBatch, 'topic' | 'partition'>,
  /** Places of the deduplication window that its blocks take. */
  places: number,
  signal: AbortSignal,
) => Promise<void>;

export interface WindowGuardOptions {
  /** Where the group stands in every topic that it consumes. */
  readonly positions: () => Promise<readonly PartitionPosition[]>;
  readonly warehouse: Pick<WarehouseReader, 'query'>;
  /** Database of the tables. */
  readonly database: string;
  /** Places that may be taken while an intent is open; well below the window. */
  readonly limit: number;
  readonly log: Pick<Logger, 'warn'>;
  /** Told of each look: places taken since the oldest open intent, 0 while all are young. */
  readonly onLook: (places: number) => void;
  /** ms since 1970. */
  readonly clock: () => number;
}

/** An intent younger than this cannot have been overtaken by enough blocks to matter, ms. */
const YOUNG_MS = 10_000;
/** How far the clocks of the ingesters may differ, ms. */
const CLOCK_SKEW_MS = 60_000;
/** A look is good for this long, ms, and for this share of the places that are left. */
const LOOK_MS = 5_000;
const LOOK_SHARE = 0.05;
/** How often is looked again while the limit is reached, ms. */
const WAIT_MS = 1_000;

interface Look {
  /** The intent that decides; null while all are young. */
  readonly oldest: OpenIntent | null;
  readonly until: number;
  /** Places this process may take before it looks again. */
  left: number;
}

/**
 * Keeps open intents inside the deduplication window.
 *
 * A replay changes nothing only while its token is among those that every table remembers. Blocks of
 * all partitions share that window, so while one batch cannot be finished (its owner died, the
 * warehouse refuses it) the blocks of the others push its token out. Before that happens the others
 * wait here; the partition with the oldest intent never does, so that what they wait for can end.
 *
 * What was taken since is counted by the ledger of batches (`bronze_batches`), which every ingester
 * writes before it confirms: the guard holds for any number of ingesters, also for one that starts
 * late. A process looks again after a twentieth of what is left, so a handful of them cannot pass
 * the limit by more than a part of it, and the limit is half the window.
 */
export function createWindowGuard(options: WindowGuardOptions): AdmitBatch {
  const { clock, limit, log } = options;
  let look: Look | null = null;
  let looking: Promise<Look> | null = null;

  async function placesSince(instant: number): Promise<number> {
    const { rows } = await options.warehouse.query(
      statement<{ places: number }>(
        'ingester.window_places',
        `SELECT toFloat64(sum(greatest(places, 1))) AS places FROM ${options.database}.bronze_batches
         WHERE ingested_at >= toDateTime64({since:String}, 3, 'UTC')`,
        { since: instantText(Math.max(instant, 0)) },
      ),
    );
    return rows[0]?.places ?? 0;
  }

  async function lookNow(): Promise<Look> {
    const now = clock();
    const intents = (await options.positions()).flatMap(({ openIntent }) => openIntent ?? []);
    const oldest = intents
      .filter(({ openedAt }) => now - openedAt > YOUNG_MS)
      .reduce<OpenIntent | null>(
        (first, intent) => (first === null || intent.openedAt < first.openedAt ? intent : first),
        null,
      );
    const places = oldest === null ? 0 : await placesSince(oldest.openedAt - CLOCK_SKEW_MS);
    options.onLook(places);
    const left = limit - places;
    return { oldest, until: now + LOOK_MS, left: left <= 0 ? 0 : Math.max(left * LOOK_SHARE, 1) };
  }

  /** One look at a time, shared by all lanes. */
  async function currentLook(): Promise<Look> {
    if (look !== null && look.left > 0 && clock() < look.until) return look;
    looking ??= lookNow().finally(() => {
      looking = null;
    });
    look = await looking;
    return look;
  }

  return async ({ topic, partition }, places, signal) => {
    for (let isTold = false; ; ) {
      const { oldest } = await currentLook();
      const isOldest = oldest?.topic === topic && oldest.partition === partition;
      if (look !== null && (isOldest || look.left > 0)) {
        look.left -= places;
        return;
      }
      if (!isTold && oldest !== null) {
        log.warn(
          {
            topic,
            partition,
            waitsFor: `${oldest.topic}/${oldest.partition}/${oldest.firstOffset}-${oldest.lastOffset}`,
            openSince: new Date(oldest.openedAt).toISOString(),
            limit,
          },
          'a batch waits for another one that is not finished, so that its repetition stays recognised',
        );
        isTold = true;
      }
      await waitFor(WAIT_MS, signal);
    }
  };
}
