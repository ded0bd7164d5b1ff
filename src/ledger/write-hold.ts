import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.js';
import { pause } from '../event-log/wake-up.js';
import { statement } from '../warehouse/statement.js';
import type { LedgerPorts } from './ledger-ports.js';
import { type LogCut, openBatchIds, readCut } from './log-cut.js';

/** A moment in which no event passes from bronze into silver and the tables behind it. */
export interface Held {
  /** The cut of this moment: the tables hold all batches before it, and nothing of those behind. */
  readonly cut: LogCut;
  /**
   * Rejects when the hold ends too soon to rely on.
   *
   * @throws AppError `WAREHOUSE_TIMEOUT`, retryable.
   */
  assertInForce(): Promise<void>;
}

export interface HoldOptions {
  readonly ports: LedgerPorts;
  /** Shown in `control_write_holds`. */
  readonly reason: string;
  readonly signal: AbortSignal;
  /** Tries to find a settled moment; the pauses between them rise to 2 s. Default 15. */
  readonly mostTries?: number;
}

/** How long a hold lasts when nobody ends or renews it, ms. */
const HOLD_MS = 10_000;
const RENEW_MS = 2_500;
/** What must be left of it for a change of tables to begin, ms. */
const ENOUGH_MS = 5_000;
/** Longest wait within a hold for running writes, and for their confirmation, ms. */
const WRITES_MS = 5_000;
const SETTLE_MS = 1_000;
const POLL_MS = 10;
/** How far clocks of log and engine may differ, seconds. */
const CLOCK_SLACK_SECONDS = 600;

/**
 * Holds writes and runs `work` at a settled moment: no insert is running, every batch with a row in
 * silver is confirmed, and nothing new is let in. Then releases.
 *
 * 1. A row with an expiry goes into `control_write_holds`; from now on the view that feeds silver
 *    refuses blocks (`silver_events_mv`), and the ingesters try again.
 * 2. Inserts that were running before may have passed the view already: wait for them to end.
 * 3. Their batches are confirmed a moment later. A batch that stays open and has rows in silver was
 *    interrupted half way; gold may be ahead of silver or behind. The hold is given up, the batch
 *    gets time to be completed, and all begins anew.
 *
 * A process that dies here leaves a hold that ends by itself after {@link HOLD_MS}.
 *
 * @returns What `work` returned, and for how long writes were held, ms.
 * @throws AppError `CONFLICT`, retryable, when no settled moment was found.
 */
export async function whileWritesAreHeld<Result>(
  { ports, reason, signal, mostTries = 15 }: HoldOptions,
  work: (held: Held) => Promise<Result>,
): Promise<{ readonly result: Result; readonly heldMs: number }> {
  refuseCluster(ports);
  for (let attempt = 1; attempt <= mostTries; attempt += 1) {
    signal.throwIfAborted();
    const startedAt = performance.now();
    const hold = await placeHold(ports, reason);
    try {
      if (await writesEnd(ports, signal)) {
        const cut = await settledCut(ports, signal);
        if (cut !== null) {
          const result = await work({ cut, assertInForce: hold.assertInForce });
          return { result, heldMs: performance.now() - startedAt };
        }
      }
    } finally {
      await hold.release();
    }
    await pause(Math.min(100 * 2 ** attempt, 2_000), signal);
  }
  throw new AppError(
    'CONFLICT',
    `no settled moment was found in ${mostTries} tries: a batch stays open that silver holds rows of. See that an ingester of group ${ports.group} is running and that it gets on (its log says why not), then run this again`,
    { isRetryable: true },
  );
}

/** @throws AppError `CONFIG_INVALID` on a cluster, whose other nodes the hold would not bind. */
export function refuseCluster({ cluster }: Pick<LedgerPorts, 'cluster'>): void {
  if (cluster === null) return;
  throw new AppError(
    'CONFIG_INVALID',
    `this needs a warehouse of one node, got the cluster ${cluster}: writes on its other nodes could not be held`,
    { details: { cluster } },
  );
}

interface Hold extends Pick<Held, 'assertInForce'> {
  release(): Promise<void>;
}

async function placeHold({ warehouse, database, log }: LedgerPorts, reason: string): Promise<Hold> {
  const table = `${database}.control_write_holds`;
  const id = randomUUID();
  let version = 0;
  // The engine's own clock, since the view compares with it.
  const write = async (name: string, expiresAt: string): Promise<void> => {
    version += 1;
    await warehouse.execute(
      statement(
        `ledger.${name}`,
        `INSERT INTO ${table} (hold_id, version, expires_at, reason, changed_at)
         SELECT {hold:String}, {version:UInt64}, ${expiresAt}, {reason:String}, now64(3)`,
        { hold: id, version, reason },
      ),
    );
  };
  const renew = (): Promise<void> => write('hold', `now64(3) + toIntervalMillisecond(${HOLD_MS})`);
  await renew();
  let renewing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    renewing = renewing.then(renew).catch((error: unknown) => {
      log.warn({ err: error }, 'a hold of writes could not be prolonged');
    });
  }, RENEW_MS);

  return {
    async assertInForce() {
      const { rows } = await warehouse.query(
        statement<{ left: number }>(
          'ledger.hold_left',
          `SELECT toInt64(dateDiff('millisecond', now64(3), argMax(expires_at, version))) AS left
           FROM ${table} WHERE hold_id = {hold:String}`,
          { hold: id },
        ),
      );
      const left = rows[0]?.left ?? 0;
      if (left >= ENOUGH_MS) return;
      throw new AppError(
        'WAREHOUSE_TIMEOUT',
        `the hold of writes had to last for ${ENOUGH_MS} ms more, but ends in ${left} ms: the warehouse is too slow, or was stopped meanwhile. Run this again`,
        { isRetryable: true },
      );
    },
    async release() {
      clearInterval(timer);
      await renewing;
      try {
        await write('release', `toDateTime64(0, 3, 'UTC')`);
      } catch (error) {
        log.warn({ err: error, endsInMs: HOLD_MS }, 'a hold of writes could not be ended');
      }
    },
  };
}

/** Waits for the inserts that were running when it was called. @returns False when they last. */
async function writesEnd(
  { warehouse, database }: LedgerPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const running = async (): Promise<readonly string[]> => {
    const { rows } = await warehouse.query(
      statement<{ id: string }>(
        'ledger.running_writes',
        `SELECT query_id AS id FROM system.processes
         WHERE query_kind = 'Insert' AND position(query, {table:String}) > 0`,
        { table: `${database}.bronze_events` },
      ),
    );
    return rows.map(({ id }) => id);
  };
  const before = new Set(await running());
  const deadline = performance.now() + WRITES_MS;
  while (before.size > 0) {
    if (performance.now() > deadline || signal.aborted) return false;
    await pause(POLL_MS, signal);
    const now = new Set(await running());
    for (const id of before) if (!now.has(id)) before.delete(id);
  }
  return true;
}

/** Waits until no open batch has rows in silver. @returns Null when one keeps them. */
async function settledCut(ports: LedgerPorts, signal: AbortSignal): Promise<LogCut | null> {
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const cut = await readCut(ports);
    const isAnyOpen = cut.positions.some(({ openIntent }) => openIntent !== null);
    if (!isAnyOpen || !(await hasRows(ports, cut))) return cut;
    if (performance.now() > deadline || signal.aborted) return null;
    await pause(POLL_MS, signal);
  }
}

async function hasRows(
  { warehouse, database, batchTokenOf }: LedgerPorts,
  cut: LogCut,
): Promise<boolean> {
  const open = openBatchIds(cut, batchTokenOf);
  // Rows of a batch lie in parts no older than its intent, which spares the look at all others.
  const opened = cut.positions.flatMap(({ openIntent }) => openIntent?.openedAt ?? []);
  const since = Math.min(...opened);
  const { rows } = await warehouse.query(
    statement<{ found: number }>(
      'ledger.open_rows',
      `SELECT count() AS found FROM (
         SELECT 1 FROM ${database}.silver_events
         WHERE batch IN (${open.sql}) AND _part IN (
           SELECT name FROM system.parts
           WHERE database = {database:String} AND table = 'silver_events'
             AND modification_time >= toDateTime({since:UInt32})
         )
         LIMIT 1
       )`,
      {
        ...open.params,
        database,
        since: Math.max(Math.floor(since / 1000) - CLOCK_SLACK_SECONDS, 0),
      },
    ),
  );
  return rows[0]?.found !== 0;
}
