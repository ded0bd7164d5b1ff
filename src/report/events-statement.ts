import { AppError } from '../errors.js';
import { eventSource, planOf, statementScope } from '../metric/event-source.js';
import type { MetricContext } from '../metric/metric.js';
import { type Statement, statement } from '../warehouse/statement.js';
import type { EventColumn } from './event-columns.js';
import type { EventsQuestion, ReportColumn } from './report.js';

/** The statements of a report. */
export interface ReportStatements {
  readonly columns: readonly ReportColumn[];
  /** Gives the rows. */
  readonly rows: Statement<unknown>;
  /** Reads the same with as few columns as can be, and tells `n`: events or sessions read. */
  readonly count: Statement<{ readonly n: number }>;
}

/** The sorting key of the table, so that nothing needs to be sorted, and the id to tell ties apart. */
const ORDER = 'project_id, toDate(occurred_at), event_name, anonymous_id, occurred_at, event_id';
const ORDER_COLUMNS = ['project_id', 'occurred_at', 'event_name', 'anonymous_id', 'event_id'];

/** All properties as one JSON object: their values are JSON texts already. */
const PROPERTIES_JSON = `concat('{', arrayStringConcat(arrayMap((name, value) -> concat(toJSONString(name), ':', value), mapKeys(properties), mapValues(properties)), ','), '}')`;

/**
 * The events of a range that are queryable at a moment, in the order of the table. Events that arrive
 * meanwhile are left out, so that a report that is begun again has the same rows.
 *
 * @param asOfMs That moment, ms since 1970 UTC.
 * @throws AppError `BAD_USER_INPUT` for columns given twice or none, and as questions do for range,
 *   zone, filter and events.
 */
export function eventsStatements(
  context: MetricContext,
  question: EventsQuestion,
  asOfMs: number,
): ReportStatements {
  checkColumns(question.columns);
  const plan = planOf(context, question);
  const scope = statementScope(plan);
  const asOf = scope.parameters.bind('Int64', asOfMs);
  const { from } = eventSource(plan, scope, {
    extra: `queryable_at <= fromUnixTimestamp64Milli(${asOf}, 'UTC')`,
  });
  const { columns } = question;
  // The filter reads `properties`, so that their text needs another name beside them.
  const inner = [...new Set<string>([...ORDER_COLUMNS, ...columns])].map((name) =>
    name === 'properties' ? `${PROPERTIES_JSON} AS properties_json` : name,
  );
  const shown = columns.map((name) =>
    name === 'properties' ? `properties_json AS ${name}` : name,
  );
  return {
    columns: columns.map((name) => ({ name, of: name })),
    rows: statement(
      'report.events',
      `SELECT ${shown.join(', ')}
FROM (SELECT ${inner.join(', ')} ${from})
ORDER BY ${ORDER}`,
      scope.parameters.values(),
    ),
    count: statement('report.count', `SELECT count() AS n ${from}`, scope.parameters.values()),
  };
}

function checkColumns(columns: readonly EventColumn[]): void {
  const repeated = columns.find((name, index) => columns.indexOf(name) < index);
  if (columns.length > 0 && repeated === undefined) return;
  const got = repeated === undefined ? 'none' : `${repeated} twice`;
  throw new AppError('BAD_USER_INPUT', `columns: expected different ones, got ${got}`, {
    details: { field: 'columns' },
  });
}
