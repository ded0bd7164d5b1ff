import { AppError } from '../errors.js';
import { pause } from '../event-log/wake-up.js';
import { statement } from '../warehouse/statement.js';
import {
  type CompareOptions,
  compareTable,
  type Difference,
  MOST_LISTED,
} from './compare-table.js';
import type { DerivedTable } from './derived-table.js';
import type { DayRange, LedgerPorts } from './ledger-ports.js';
import { readCut, rowsBetween } from './log-cut.js';
import { whileWritesAreHeld } from './write-hold.js';

/** What was found to differ for good. */
export interface Verified {
  readonly table: string;
  /** Keys that differ; exact up to {@link MOST_LISTED}, above it as of the last look. */
  readonly differenceCount: number;
  readonly differences: readonly Difference[];
}

export interface VerifyTableOptions extends Pick<CompareOptions, 'isByDay' | 'days'> {
  readonly ports: LedgerPorts;
  readonly table: DerivedTable;
  readonly range: DayRange;
  readonly signal: AbortSignal;
}

const DAY_MS = 86_400_000;
/** Longest wait for what was being written to be confirmed, ms. */
const CONFIRM_MS = 30_000;
const POLL_MS = 50;

/**
 * Compares a table with what its view makes of silver, and leaves out what only differs because it
 * is being written. No alarm is false, and none is missed, while ingestion goes on:
 *
 * 1. A first look at everything. No difference: done, which is the rule without traffic.
 * 2. Everything that was being written is waited for, then the differing days are looked at again.
 *    A key that differs as before was not being written: a difference.
 * 3. A key that differs otherwise is one that events keep arriving for. It is looked at once more,
 *    day by day, while writes are held for the fraction of a second that this takes. A table
 *    without time (identity links, known ids) is looked at a third time instead: its keys are
 *    devices and events, and hardly one is written twice within seconds.
 *
 * @throws AppError `CONFLICT`, retryable, when a batch stays open, since nobody could tell then.
 */
export async function verifyTable(options: VerifyTableOptions): Promise<Verified> {
  const { ports, table, range, signal, ...how } = options;
  const look = (days?: readonly string[]) =>
    compareTable({
      ports,
      table,
      range: withinKept(table, range, ports.clock()),
      signal,
      ...how,
      ...(days === undefined ? {} : { days }),
    });
  const result = (differences: readonly Difference[], differenceCount = differences.length) => ({
    table: table.name,
    differences,
    differenceCount,
  });

  const first = await look(how.days);
  if (first.differenceCount === 0) return result([]);
  await untilWritten(ports, signal);
  const second = await look(table.timeColumn === null ? undefined : daysOf(first.differences));
  const stable = inBoth(first.differences, second.differences);
  if (first.differenceCount > MOST_LISTED) {
    // Beyond the list, keys cannot be told apart one by one.
    if (stable.length > 0) return result(stable, first.differenceCount);
    throw new AppError(
      'CONFLICT',
      `${table.name}: more than ${MOST_LISTED} keys are being written at this moment, too many to tell them from differences; run this again with less traffic, or for fewer days`,
      { isRetryable: true },
    );
  }
  const isStable = new Set(stable.map(({ key }) => key));
  const moving = second.differences.filter(({ key }) => !isStable.has(key));
  if (moving.length === 0) return result(stable);

  if (table.timeColumn === null || ports.cluster !== null) {
    await untilWritten(ports, signal);
    const third = await look(table.timeColumn === null ? undefined : daysOf(moving));
    return result([...stable, ...inBoth(moving, third.differences)]);
  }
  const settled: Difference[] = [];
  for (const day of daysOf(moving)) {
    const { result: held } = await whileWritesAreHeld(
      { ports, signal, reason: `verification of ${table.name}` },
      () => look([day]),
    );
    settled.push(...held.differences.filter(({ key }) => !isStable.has(key)));
  }
  return result([...stable, ...settled]);
}

/** Rows that the engine may drop at any moment are not compared. */
function withinKept({ keptDays }: DerivedTable, range: DayRange, now: number): DayRange {
  if (keptDays === null) return range;
  const firstKept = Math.floor(now / DAY_MS) - keptDays + 1;
  return { ...range, firstDay: Math.max(range.firstDay ?? firstKept, firstKept) };
}

function daysOf(differences: readonly Difference[]): readonly string[] {
  return [...new Set(differences.map(({ day }) => day))];
}

function inBoth(
  before: readonly Difference[],
  after: readonly Difference[],
): readonly Difference[] {
  const known = new Map(before.map((one) => [one.key, one]));
  return after.filter(({ key, expected, found }) => {
    const earlier = known.get(key);
    return earlier !== undefined && earlier.expected === expected && earlier.found === found;
  });
}

/** Waits until every batch that has rows in bronze now is confirmed, and so is in every table. */
export async function untilWritten(ports: LedgerPorts, signal: AbortSignal): Promise<void> {
  const { warehouse, database } = ports;
  const open = rowsBetween('open', await readCut(ports));
  const { rows } = await warehouse.query(
    statement<{ topic: string; partition: number; last: number }>(
      'ledger.being_written',
      `SELECT topic, log_partition AS partition, max(log_offset) AS last
       FROM ${database}.bronze_events WHERE ${open.sql} GROUP BY topic, partition`,
      open.params,
    ),
    { signal },
  );
  const deadline = ports.clock() + CONFIRM_MS;
  for (;;) {
    const { positions } = await readCut(ports);
    const late = rows.find(({ topic, partition, last }) =>
      positions.some(
        (one) =>
          one.topic === topic &&
          one.partition === partition &&
          (one.committed ?? 0n) <= BigInt(last),
      ),
    );
    if (late === undefined) return;
    signal.throwIfAborted();
    if (ports.clock() > deadline) {
      throw new AppError(
        'CONFLICT',
        `offset ${late.last} of ${late.topic}/${late.partition} is written and not confirmed for ${CONFIRM_MS} ms: nobody can tell whether tables differ or a batch is half done. See that an ingester of group ${ports.group} is running and gets on, then run this again`,
        { isRetryable: true },
      );
    }
    await pause(POLL_MS, signal);
  }
}
