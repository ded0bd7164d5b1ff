import { quarterSpansSql, spanDaysSql } from '../visitor/active-quarters.js';
import { personSql } from '../visitor/person.js';
import { type BucketWindow, windowIndexSql, windowSpans } from './bucket-window.js';
import { chooseTable, type RollupTable } from './choose-table.js';
import { filterSql, selectorSql } from './event-condition.js';
import {
  eventSource,
  fieldsOf,
  OCCURRED_MS,
  type Plan,
  planBetween,
  projectCondition,
  type StatementScope,
} from './event-source.js';
import type { EventSelector } from './metric-query.js';

const DAY_MS = 86_400_000;

/** No event lies further off: the last year that the tables can hold. */
export const LATEST_MS = Date.UTC(2299, 0, 1);

/** Which buckets of people's histories a question is about. */
export interface HistoryNeeds {
  readonly window: BucketWindow;
  /** Lists of buckets to tell of each person, by column name; no selector means any event. */
  readonly lists: Readonly<Record<string, EventSelector | undefined>>;
  /** Whether activity before the window matters, and behind it; else it may be left out. */
  readonly before: boolean;
  readonly after: boolean;
}

/** The cheapest table that tells the histories; bitmaps know days, but not what happened. */
export function historyTable(plan: Plan, { window, lists }: HistoryNeeds): RollupTable {
  const { breakdown: _, event: _event, ...question } = plan.question;
  const fields = Object.values(lists).flatMap((event) =>
    fieldsOf({ ...question, ...(event === undefined ? {} : { event }) }),
  );
  const cuts = windowSpans(window).flatMap((span) => [span.fromMs, span.toMs]);
  return chooseTable({ measure: 'people', cuts, fields }, plan.context.onlyTables);
}

/**
 * A SELECT of one row per person: `person`, and for each asked list an array of the window's
 * buckets (Int64, each once, in no order) in which the person had an event of it.
 *
 * Devices are summed up before they are joined with their accounts, which are far fewer rows.
 */
export function historySql(
  plan: Plan,
  scope: StatementScope,
  table: RollupTable,
  needs: HistoryNeeds,
): string {
  const person = personSql({
    database: plan.context.database,
    projectId: plan.question.projectId,
    parameters: scope.parameters,
  });
  const names = Object.keys(needs.lists);
  const devices =
    table === 'gold_active_users_per_day'
      ? fromBitmaps(plan, scope, needs)
      : fromEvents(plan, scope, needs);
  const merged = names.map((name) => `groupUniqArrayArray(device_${name}) AS ${name}`).join(', ');
  return `SELECT ${person.expression} AS person, ${merged}
FROM (${devices}) AS devices
${person.join}
GROUP BY person`;
}

function fromEvents(plan: Plan, scope: StatementScope, needs: HistoryNeeds): string {
  const { window, lists, before, after } = needs;
  const read = planBetween(
    plan,
    before ? 0 : Math.max(window.fromMs, 0),
    after ? LATEST_MS : window.toMs,
  );
  const entries = Object.entries(lists).map(
    ([name, event]) => [name, selectorSql(event, scope)] as const,
  );
  const source = eventSource(read, scope, {
    selector: undefined,
    extra: entries.map(([, condition]) => `(${condition})`).join(' OR '),
  });
  const flags = entries.map(([name, condition]) => `(${condition}) AS is_${name}`).join(', ');
  const arrays = entries
    .map(([name]) => `groupUniqArrayIf(bucket, is_${name}) AS device_${name}`)
    .join(', ');
  return `SELECT anonymous_id, user_id, ${arrays}
FROM (
  SELECT anonymous_id, user_id, ${windowIndexSql(OCCURRED_MS, window, scope.parameters)} AS bucket, ${flags}
  ${source.from}
)
GROUP BY anonymous_id, user_id`;
}

/** Bitmaps are of any event, so that all lists are the same one. */
function fromBitmaps(plan: Plan, scope: StatementScope, needs: HistoryNeeds): string {
  const { window, lists, before, after } = needs;
  const { parameters } = scope;
  const rows = `FROM ${plan.context.database}.gold_active_users_per_day WHERE ${projectCondition(plan, scope)} AND ${filterSql(plan.question.filter, scope)}`;
  const day = (ms: number): string =>
    `addDays(toDate32('1970-01-01'), ${parameters.bind('Int64', ms / DAY_MS)})`;
  const bucket = (index: number): string => parameters.bind('Int64', index);
  const selects = [
    `SELECT anonymous_id, user_id, span_bucket AS bucket
  FROM (SELECT anonymous_id, user_id, day, quarter_hours ${rows} AND ${spanDaysSql(window.fromMs, window.toMs - 1, parameters)}) AS active
  INNER JOIN (${quarterSpansSql(windowSpans(window), parameters)}) AS spans ON active.day = spans.span_day
  WHERE bitAnd(quarter_hours, span_mask) != 0`,
    ...(before
      ? [
          `SELECT anonymous_id, user_id, ${bucket(window.first - 1)} AS bucket ${rows} AND day < ${day(window.fromMs)}`,
        ]
      : []),
    ...(after
      ? [
          `SELECT anonymous_id, user_id, ${bucket(window.last + 1)} AS bucket ${rows} AND day >= ${day(window.toMs)}`,
        ]
      : []),
  ];
  const arrays = Object.keys(lists)
    .map((name) => `groupUniqArray(bucket) AS device_${name}`)
    .join(', ');
  return `SELECT anonymous_id, user_id, ${arrays}
FROM (
  ${selects.join('\n  UNION ALL\n  ')}
)
GROUP BY anonymous_id, user_id`;
}
