import { ENTRY_COLUMNS } from '../session/session-parts.js';
import { DIMENSIONS, isOfPerson } from './dimension.js';

/** Tables the planner chooses from. */
export type RollupTable =
  | 'gold_event_counts_per_day'
  | 'gold_event_counts_per_hour'
  | 'gold_event_counts_per_minute'
  | 'gold_page_views_per_hour'
  | 'gold_active_users_per_day'
  | 'gold_session_parts'
  | 'silver_events';

/** What a question asks of a table. */
export interface TableNeeds {
  /** What is counted. */
  readonly measure: 'events' | 'page_views' | 'people' | 'sessions' | 'events_of_sessions';
  /** Every instant at which time is cut: bounds of the range and of the buckets, ms. */
  readonly cuts: readonly number[];
  /** Dimensions, fields and properties that the question tests or groups by. */
  readonly fields: readonly string[];
}

interface Rollup {
  readonly table: RollupTable;
  readonly measure: TableNeeds['measure'];
  /** Width of a row in ms; time can only be cut at its multiples. */
  readonly width: number;
  readonly fields: readonly string[];
  /** Whether it keeps `anonymous_id` and `user_id`. */
  readonly knowsPeople?: boolean;
}

const MINUTE_MS = 60_000;
const COUNT_FIELDS: readonly string[] = ['event_name', 'platform'];

/** Cheapest first: fewer rows for the same range. */
const ROLLUPS: readonly Rollup[] = [
  {
    table: 'gold_event_counts_per_day',
    measure: 'events',
    width: 1440 * MINUTE_MS,
    fields: COUNT_FIELDS,
  },
  {
    table: 'gold_event_counts_per_hour',
    measure: 'events',
    width: 60 * MINUTE_MS,
    fields: COUNT_FIELDS,
  },
  {
    table: 'gold_event_counts_per_minute',
    measure: 'events',
    width: MINUTE_MS,
    fields: COUNT_FIELDS,
  },
  {
    table: 'gold_page_views_per_hour',
    measure: 'page_views',
    width: 60 * MINUTE_MS,
    // Its rows are all of one event name.
    fields: ['page', 'event_name'],
  },
  // Its rows are of one account and device, of whom everything about the person can be asked.
  {
    table: 'gold_active_users_per_day',
    measure: 'people',
    width: 15 * MINUTE_MS,
    fields: [],
    knowsPeople: true,
  },
  // Of a session the entry event is known, with the ids of its first event.
  {
    table: 'gold_session_parts',
    measure: 'sessions',
    width: 1,
    fields: [
      ...ENTRY_COLUMNS,
      ...DIMENSIONS.filter((each) => each.isOfTraffic || each.level === 'session').map(
        ({ name }) => name,
      ),
    ],
    knowsPeople: true,
  },
];

/**
 * The tables that answer a question exactly, cheapest first; `silver_events` always can and comes
 * last. A rollup is eligible when it counts what is asked, keeps every field that is tested, and
 * every cut of time falls between two of its rows. The time zone matters only through the cuts.
 */
export function eligibleTables(needs: TableNeeds): readonly RollupTable[] {
  const rollups = ROLLUPS.filter(
    (rollup) =>
      rollup.measure === needs.measure &&
      needs.fields.every(
        (field) =>
          rollup.fields.includes(field) || (rollup.knowsPeople === true && isOfPerson(field)),
      ) &&
      needs.cuts.every((cut) => cut % rollup.width === 0),
  );
  return [...rollups.map((rollup) => rollup.table), 'silver_events'];
}

/**
 * The cheapest exact table for a question. With `only`, the cheapest of those named that is
 * eligible; `silver_events` when none is.
 */
export function chooseTable(needs: TableNeeds, only?: readonly RollupTable[]): RollupTable {
  const eligible = eligibleTables(needs);
  const chosen = only === undefined ? eligible[0] : eligible.find((table) => only.includes(table));
  return chosen ?? 'silver_events';
}
