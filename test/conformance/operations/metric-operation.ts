/** JSON of a case and of an answer. */
export type Json = Readonly<Record<string, unknown>>;

/** A question to the API, and its answer under the names of the format. */
export interface MetricOperation {
  readonly query: string;
  readonly variables: Json;
  readonly toAnswer: (data: Record<string, unknown>) => Json;
}

/** The longest range that a question may have, around every case. */
export const ALL_TIME = { from: '2000-01-01', to: '2049-12-31' };

/** Largest page the API gives: cases hold few values. */
export const LIMIT = 1000;

/** Declarations of the variables that nearly every question has; {@link shared} fills them. */
export const SHARED =
  '$project: ID!, $range: TimeRangeInput!, $timeZone: TimeZone, $includeBots: Boolean! = false';
/** The arguments that these variables are passed to. */
export const PASSED =
  'project: $project, range: $range, timeZone: $timeZone, includeBots: $includeBots';

/** A breakdown as the API tells it: parallel lists. */
export interface Columns {
  readonly values: readonly string[];
  readonly counts: readonly number[];
  readonly sharePercents?: readonly (number | null)[] | null;
}

/** A selector of events; the format may give the name alone. Null: all events. */
export function selector(value: unknown): Json | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? { event: value } : (value as Json);
}

/** Values of {@link SHARED}. */
export function shared(project: string, params: Json): Json {
  return {
    project,
    range: { from: params.from, to: params.to },
    timeZone: params.timezone ?? 'UTC',
    includeBots: params.include_bots ?? false,
  };
}

/** Values of the variables of a metric that counts events: selector, grain, breakdown. */
export function counted(params: Json): Json {
  const interval = params.interval as string | undefined;
  return {
    event: selector(params.event),
    grain: interval === undefined ? null : interval.toUpperCase(),
    breakdown: params.breakdown ?? null,
  };
}

/** Parallel lists as an object. */
export function mapOf(keys: readonly string[], values: readonly unknown[]): Json {
  return Object.fromEntries(keys.map((key, index) => [key, values[index]]));
}

/** Counts of a breakdown by value; undefined without one. */
export function columns(rows: Columns | null | undefined): Json | undefined {
  return rows === null || rows === undefined ? undefined : mapOf(rows.values, rows.counts);
}

/** Makes the operation of a case of its project and parameters. */
export type Build = (project: string, params: Json) => MetricOperation;
