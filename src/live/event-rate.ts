import { AppError } from '../errors.js';
import { conjunction, filterSql, selectorSql } from '../metric/event-condition.js';
import {
  eventSource,
  fieldsOf,
  OCCURRED_MS,
  type Plan,
  planOf,
  type StatementScope,
  statementScope,
} from '../metric/event-source.js';
import type { MetricContext } from '../metric/metric.js';
import type { MetricQuestion } from '../metric/metric-query.js';
import { inProject } from '../metric/project-condition.js';
import { type Statement, statement } from '../warehouse/statement.js';
import type { LiveEventRate, LiveQuestion, LiveWindowQuestion } from './live-query.js';
import type { Evaluation } from './tick-loop.js';

/** A tick of the event rate. */
export interface EventRateTick extends LiveEventRate {
  /** Total ÷ minutes of the window. */
  readonly perMinute: number;
}

/** Longest window of a live question, seconds. */
export const MAX_WINDOW_SECONDS = 3_600;

const SECOND_MS = 1000;
/** Device clocks run ahead by at most 23 hours (METRICS-SPEC §1); events beyond are not looked for. */
const AHEAD_MS = 86_400_000;
/** The per-second table keeps two days, by the clock of the engine; older windows read silver. */
const KEPT_MS = 40 * 3_600_000;
/** The fields that the per-second table keeps. */
const PER_SECOND_FIELDS: ReadonlySet<string> = new Set(['event_name', 'platform']);

/** What an event rate is asked for; ticks have an interval besides. */
export type EventRateWindow = Omit<LiveWindowQuestion, 'intervalMs'>;

/**
 * Checks the length of a window.
 *
 * @throws AppError `BAD_USER_INPUT` unless it is a whole number from 1 to {@link MAX_WINDOW_SECONDS}.
 */
export function checkWindow(windowSeconds: number): void {
  if (!Number.isInteger(windowSeconds) || windowSeconds < 1 || windowSeconds > MAX_WINDOW_SECONDS) {
    throw new AppError(
      'BAD_USER_INPUT',
      `windowSeconds must be a whole number from 1 to ${MAX_WINDOW_SECONDS}, got ${windowSeconds}`,
      { details: { field: 'windowSeconds', minimum: 1, maximum: MAX_WINDOW_SECONDS } },
    );
  }
}

/** The whole seconds `[fromMs, toMs)` of a window: the last of them ends at `atMs` or holds it. */
export function rateWindow(
  atMs: number,
  windowSeconds: number,
): { readonly fromMs: number; readonly toMs: number } {
  const toMs = Math.ceil(atMs / SECOND_MS) * SECOND_MS;
  return { fromMs: toMs - windowSeconds * SECOND_MS, toMs };
}

/** A live question over a span of event time, as the questions of the catalogue are asked. */
export function metricQuestion(
  question: LiveQuestion,
  fromMs: number,
  toMs: number,
): MetricQuestion {
  const { projectId, event, platform, filter, includeBots } = question;
  return {
    projectId,
    range: {
      kind: 'instants',
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
    },
    timeZone: 'UTC',
    filter:
      platform === undefined
        ? filter
        : [...filter, { field: 'platform', operator: 'equals', values: [platform] }],
    includeBots,
    ...(event === undefined ? {} : { event }),
  };
}

/**
 * Events by second over the window that ends with the second of `atMs`: what a tick of the
 * subscription says at that moment, from the same statement.
 *
 * @throws AppError `BAD_USER_INPUT`, `INVALID_DIMENSION`, and the errors of the warehouse.
 */
export async function computeLiveEventRate(
  context: MetricContext,
  question: EventRateWindow,
  atMs: number = context.clock(),
): Promise<EventRateTick> {
  return (await evaluateEventRate(context, question, atMs)).value;
}

/** The same for the subscription. */
export async function evaluateEventRate(
  context: MetricContext,
  question: EventRateWindow,
  atMs: number,
): Promise<Evaluation<EventRateTick>> {
  checkWindow(question.windowSeconds);
  const { windowSeconds } = question;
  const { fromMs, toMs } = rateWindow(atMs, windowSeconds);
  const options = context.signal === undefined ? {} : { signal: context.signal };
  const { rows } = await context.warehouse.query(
    rateStatement(context, question, fromMs, toMs),
    options,
  );
  const values = new Array<number>(windowSeconds).fill(0);
  let total = 0;
  let nextEventAt: number | null = null;
  for (const { second, n, first_ms } of rows) {
    if (second >= windowSeconds) {
      nextEventAt = first_ms;
      continue;
    }
    values[second] = n;
    total += n;
  }
  return {
    value: {
      asOf: new Date(atMs).toISOString(),
      windowSeconds,
      total,
      perSecond: total / windowSeconds,
      perMinute: (total * 60) / windowSeconds,
      series: {
        bucketStarts: values.map((_, i) => new Date(fromMs + i * SECOND_MS).toISOString()),
        values,
      },
    },
    hasContent: total > 0,
    nextEventAt,
  };
}

/** Events of one second of the window; those behind it are one row with its number of seconds. */
interface SecondRow {
  readonly second: number;
  readonly n: number;
  readonly first_ms: number;
}

/**
 * Counts from `gold_event_counts_per_second` where it has the window and every field, else from
 * `silver_events`. Both are fed by deduplicated events, so that they agree.
 */
function rateStatement(
  context: MetricContext,
  question: EventRateWindow,
  fromMs: number,
  toMs: number,
): Statement<SecondRow> {
  const asked = metricQuestion(question, fromMs, toMs + AHEAD_MS);
  const plan = planOf(context, asked);
  const scope = statementScope(plan);
  const isRollup =
    fromMs >= context.clock() - KEPT_MS &&
    fieldsOf(asked).every((field) => PER_SECOND_FIELDS.has(field));
  const ms = isRollup ? 'toUnixTimestamp64Milli(bucket_start)' : OCCURRED_MS;
  const source = isRollup ? perSecondSource(plan, scope) : eventSource(plan, scope, {}).from;
  const from = scope.parameters.bind('Int64', fromMs);
  const seconds = scope.parameters.bind('Int64', question.windowSeconds);
  return statement<SecondRow>(
    'live.event_rate',
    `SELECT least(intDiv(${ms} - ${from}, ${SECOND_MS}), ${seconds}) AS second, ${isRollup ? 'sum(event_count)' : 'count()'} AS n, min(${ms}) AS first_ms
${source}
GROUP BY second`,
    scope.parameters.values(),
  );
}

function perSecondSource(plan: Plan, scope: StatementScope): string {
  const { question, range, context } = plan;
  const { parameters } = scope;
  const at = (instant: number): string =>
    `fromUnixTimestamp64Milli(${parameters.bind('Int64', instant)}, 'UTC')`;
  const tests = conjunction([
    inProject(parameters, question.projectId),
    `bucket_start >= ${at(range.fromMs)}`,
    `bucket_start < ${at(range.toMs)}`,
    ...(question.includeBots ? [] : ['NOT is_bot']),
    selectorSql(question.event, scope),
    filterSql(question.filter, scope),
  ]);
  return `FROM ${context.database}.gold_event_counts_per_second\nWHERE ${tests}`;
}
