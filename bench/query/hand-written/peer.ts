/** The large project in the 90 days of {@link ASKED}, as one writes it down who asks this alone. */
export const D = 'sluice';
export const FROM = `toDateTime64('2025-12-31 23:00:00', 3, 'UTC')`;
export const TO = `toDateTime64('2026-03-31 22:00:00', 3, 'UTC')`;
export const IN_RANGE = `occurred_at >= ${FROM} AND occurred_at < ${TO}`;
export const PEOPLE_EVENTS = `${D}.silver_events WHERE project_id = 'large' AND NOT is_bot`;
export const EVENTS = `${PEOPLE_EVENTS} AND ${IN_RANGE}`;

type Cell = string | number | boolean | null | readonly Cell[];

/**
 * A statement that somebody trying to win might write for the same numbers, knowing the tables: one
 * zone, one project, no settings, no options.
 */
export interface Peer {
  /** Several where one would only be longer; they are asked at once, as ours are. */
  readonly sql: string | readonly string[];
  /** What the cells of its rows must be, one after the other, by our answer. */
  cells(answer: unknown): readonly Cell[];
  /** By which share numbers may differ, where the statement leaves something out; else 1e-9. */
  readonly within: number;
}

/** A statement and what its cells must be. */
export function peer<Answer>(
  sql: Peer['sql'],
  cells: (answer: Answer) => readonly Cell[],
  within = 1e-9,
): Peer {
  return { sql, cells: (answer) => cells(answer as Answer), within };
}

/** Where a statement tells something else than our answer; null when it tells the same. */
export function difference(
  { cells, within }: Peer,
  answer: unknown,
  rows: readonly object[],
): string | null {
  const ours = cells(answer).flatMap(flat);
  const theirs = rows.flatMap((row) => Object.values(row)).flatMap(flat);
  const at = Array.from({ length: Math.max(ours.length, theirs.length) }).findIndex(
    (_, index) => !isSame(ours[index], theirs[index], within),
  );
  if (at < 0) return ours.length === 0 ? 'nothing was compared' : null;
  const around = (cells: readonly unknown[]) =>
    JSON.stringify(cells.slice(Math.max(at - 3, 0), at + 3));
  return `cell ${at} of ${ours.length} and ${theirs.length}: ours ${around(ours)}, hand-written ${around(theirs)}`;
}

function flat(cell: Cell): readonly Cell[] {
  return Array.isArray(cell) ? cell.flatMap(flat) : [cell];
}

function isSame(ours: unknown, theirs: unknown, within: number): boolean {
  if (typeof ours !== 'number' || typeof theirs !== 'number') return ours === theirs;
  return Math.abs(ours - theirs) <= within * Math.max(Math.abs(ours), Math.abs(theirs));
}

/**
 * Rows of a `value` and states, as the ten largest, what is left as `rest` and all as `total`; each
 * with how many values it holds.
 */
export function topTen(rows: string, order: string, merged: string): string {
  return `SELECT if(grouping(shown) = 1, 'total', shown) AS label, count() AS n, ${merged}
FROM (SELECT *, row_number() OVER (ORDER BY ${order}, value) AS place, if(place > 10, 'rest', value) AS shown FROM (${rows}))
GROUP BY GROUPING SETS ((shown), ())
ORDER BY grouping(shown), min(place)`;
}

/** The cells of {@link topTen}. */
export function topTenCells(
  values: readonly string[],
  columns: readonly (readonly Cell[])[],
  rest: readonly Cell[],
  total: readonly Cell[],
): readonly Cell[] {
  const [others] = rest;
  return [
    values.map((value, at) => [value, 1, columns.map((column) => column[at] ?? null)]),
    ['rest', rest],
    ['total', values.length + Number(others), total],
  ];
}
