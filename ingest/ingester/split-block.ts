/** What decides in which partitions of the warehouse a row lands. Instants in ms since 1970 UTC. */
export interface PartitionedRow {
  /** Silver and gold are partitioned by its month. */
  readonly occurredAt: number;
  /** Bronze is partitioned by its day. */
  readonly appendedAt: number;
}

/**
 * Most partitions one block may touch. ClickHouse refuses a block beyond 100 (error 252), and would
 * refuse it again at every try.
 */
export const MAX_PARTITIONS_PER_BLOCK = 50;

const DAY_MS = 86_400_000;

/**
 * Splits the rows of a batch so that none of the parts touches more than
 * {@link MAX_PARTITIONS_PER_BLOCK} days of appending or months of occurrence. Both are sorted and
 * cut into runs, so that the result is a function of the set of rows; within a part the order
 * stays. One part is the rule.
 */
export function splitBlock<Row extends PartitionedRow>(rows: readonly Row[]): readonly Row[][] {
  const runOfDay = runs(rows, (row) => Math.floor(row.appendedAt / DAY_MS));
  const runOfMonth = runs(rows, monthOf);
  if (runOfDay === null && runOfMonth === null) return rows.length === 0 ? [] : [[...rows]];
  const parts = new Map<number, Row[]>();
  for (const row of rows) {
    const dayRun = runOfDay?.get(Math.floor(row.appendedAt / DAY_MS)) ?? 0;
    const monthRun = runOfMonth?.get(monthOf(row)) ?? 0;
    // There are fewer months than this before the end of storable time.
    const part = dayRun * 10_000 + monthRun;
    const found = parts.get(part);
    if (found === undefined) parts.set(part, [row]);
    else found.push(row);
  }
  return [...parts].sort(([a], [b]) => a - b).map(([, part]) => part);
}

/**
 * Places of a deduplication window that the blocks of a batch take in the table where they take
 * most: bronze has a partition per day of appending, silver and gold one per month of occurrence.
 */
export function placesOf(parts: readonly (readonly PartitionedRow[])[]): number {
  let places = 0;
  for (const part of parts) {
    const days = new Set(part.map((row) => Math.floor(row.appendedAt / DAY_MS)));
    places += Math.max(days.size, new Set(part.map(monthOf)).size);
  }
  return places;
}

function monthOf(row: PartitionedRow): number {
  const date = new Date(row.occurredAt);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** Number of the run in which each distinct key lies; null when one run holds them all. */
function runs<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => number,
): ReadonlyMap<number, number> | null {
  const keys = new Set<number>();
  for (const row of rows) keys.add(keyOf(row));
  if (keys.size <= MAX_PARTITIONS_PER_BLOCK) return null;
  const sorted = [...keys].sort((a, b) => a - b);
  return new Map(sorted.map((key, at) => [key, Math.floor(at / MAX_PARTITIONS_PER_BLOCK)]));
}
