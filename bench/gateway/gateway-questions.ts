/** What the servers of `npm run bench -- gateway` are asked, and the data of the answers. */

/** An operation of the benchmark. */
export type GatewayCase = 'small' | 'series';

/** Hours of the series, and numbers of each besides its start. */
export const HOURS = 500;
const MEASURES = 5;

const HOUR_MS = 3_600_000;
const FROM_MS = Date.UTC(2026, 0, 5);
/** Ranges that are asked for in turns, so that nobody answers from what was asked just before. */
const RANGES = 64;

const DOCUMENTS: Readonly<Record<GatewayCase, string>> = {
  small: `query Small($range: TimeRangeInput!) {
  eventVolume(range: $range) { total meta { source rowsRead exact asOf } }
}`,
  series: `query Series($range: TimeRangeInput!, $measures: [ExploreMeasureInput!]!) {
  explore(range: $range, measures: $measures, grain: HOUR) { bucketStarts measures { series } }
}`,
};

const ASKED_MEASURES = [
  { measure: 'COUNT' },
  { measure: 'PEOPLE' },
  { measure: 'SUM', property: 'load_ms' },
  { measure: 'AVERAGE', property: 'load_ms' },
  { measure: 'P95', property: 'load_ms' },
];

/** Bodies of requests, one for each range. */
export function bodiesOf(kind: GatewayCase): readonly string[] {
  return Array.from({ length: RANGES }, (_, shift) => {
    const fromMs = FROM_MS + shift * 24 * HOUR_MS;
    const range = { from: isoOf(fromMs), to: isoOf(fromMs + HOURS * HOUR_MS) };
    const variables = kind === 'small' ? { range } : { range, measures: ASKED_MEASURES };
    return JSON.stringify({ query: DOCUMENTS[kind], variables });
  });
}

/** Numbers of each hour, the same for every range: whole ones and some with a fraction. */
export const NUMBERS: readonly (readonly number[])[] = Array.from({ length: HOURS }, (_, hour) =>
  Array.from({ length: MEASURES }, (__, measure) => {
    const whole = 1_000 + ((hour * 7_919 + measure * 104_729) % 9_000);
    return measure < 3 ? whole : whole + 0.25;
  }),
);

/** Over all hours. */
export const TOTALS: readonly number[] = Array.from({ length: MEASURES }, (_, measure) =>
  NUMBERS.reduce((sum, numbers) => sum + (numbers[measure] ?? 0), 0),
);

export const EVENTS = 1_234_567;
export const ROWS_READ = 2_160;

/** What resolvers of other servers return, made beforehand. */
export function preparedVolume() {
  return {
    total: EVENTS,
    meta: {
      source: ['gold_event_counts_per_hour'],
      rowsRead: ROWS_READ,
      exact: true,
      asOf: isoOf(FROM_MS),
    },
  };
}

/** The same of a series that starts at an instant. */
export function preparedSeries(from: string) {
  const fromMs = Date.parse(from);
  return {
    bucketStarts: NUMBERS.map((_, hour) => isoOf(fromMs + hour * HOUR_MS)),
    measures: TOTALS.map((_, measure) => ({
      series: [NUMBERS.map((numbers) => numbers[measure] ?? null)],
    })),
  };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
