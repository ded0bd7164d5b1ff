import type { Logger } from 'pino';
import type { BatchIntent, EventLog } from '../event-log/event-log.js';
import type { Warehouse } from '../warehouse/warehouse.js';

/** Topics the ledger tells of. */
export interface LedgerTopics {
  readonly web: string;
  readonly app: string;
  readonly deadLetters: string;
  readonly foreign: readonly string[];
}

/** What integrity, verification and rebuild work on. */
export interface LedgerPorts {
  readonly warehouse: Pick<Warehouse, 'query' | 'execute'>;
  /** Database of the tables. */
  readonly database: string;
  /** Name of the ClickHouse cluster; null for one node, embedded or a server. */
  readonly cluster: string | null;
  readonly eventLog: Pick<EventLog, 'positions'>;
  /** Consumer group of the ingesters. */
  readonly group: string;
  readonly topics: LedgerTopics;
  /** Token of a batch, of which the ids of its blocks are made. */
  readonly batchTokenOf: (batch: BatchIntent) => string;
  /** ms since 1970. */
  readonly clock: () => number;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** Whole UTC days, both inclusive, as days since 1970-01-01; null: without bound. */
export interface DayRange {
  readonly firstDay: number | null;
  readonly lastDay: number | null;
}

/** Statements over whole tables may run for longer than those of a dashboard, seconds. */
export const LONG_STATEMENT = {
  max_execution_time: 3600,
  max_bytes_before_external_group_by: 1_000_000_000,
  max_bytes_before_external_sort: 1_000_000_000,
} as const;

/** `YYYY-MM-DD` of a day. */
export function dayText(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** A condition that keeps rows whose `column` lies in the range; `1` without bounds. */
export function inDays(column: string, { firstDay, lastDay }: DayRange): string {
  const conditions: string[] = [];
  if (firstDay !== null) conditions.push(`toDate32(${column}) >= toDate32('${dayText(firstDay)}')`);
  if (lastDay !== null) conditions.push(`toDate32(${column}) <= toDate32('${dayText(lastDay)}')`);
  return conditions.length === 0 ? '1' : conditions.join(' AND ');
}

/** Whether a month (`202601`) has days of the range. */
export function isMonthIn(month: string, { firstDay, lastDay }: DayRange): boolean {
  const monthOf = (day: number): string => dayText(day).slice(0, 7).replace('-', '');
  return (
    (firstDay === null || month >= monthOf(firstDay)) &&
    (lastDay === null || month <= monthOf(lastDay))
  );
}
