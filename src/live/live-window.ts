import { AppError } from '../errors.js';
import {
  eventSource,
  OCCURRED_MS,
  occurredIn,
  planOf,
  projectCondition,
  statementScope,
} from '../metric/event-source.js';
import type { MetricContext } from '../metric/metric.js';
import type { MetricQuestion } from '../metric/metric-query.js';
import { computeUniqueUsers } from '../metric/unique-users.js';
import { statement } from '../warehouse/statement.js';
import type {
  LiveActiveNow,
  LiveEventRate,
  LiveQuestion,
  LiveWindowQuestion,
} from './live-query.js';

const SECOND_MS = 1_000;
export const MAX_WINDOW_SECONDS = 3_600;
export const MIN_INTERVAL_MS = 250;
const MAX_INTERVAL_MS = 3_600_000;

/** Checks a live question before it is shared. @throws AppError `BAD_USER_INPUT` naming the field. */
export function checkLiveWindow({ windowSeconds, intervalMs }: LiveWindowQuestion): void {
  if (!Number.isInteger(windowSeconds) || windowSeconds < 1 || windowSeconds > MAX_WINDOW_SECONDS) {
    refuse('windowSeconds', 1, MAX_WINDOW_SECONDS, windowSeconds);
  }
  if (
    !Number.isInteger(intervalMs) ||
    intervalMs < MIN_INTERVAL_MS ||
    intervalMs > MAX_INTERVAL_MS
  ) {
    refuse('intervalMs', MIN_INTERVAL_MS, MAX_INTERVAL_MS, intervalMs);
  }
}

function refuse(field: string, least: number, most: number, got: number): never {
  throw new AppError(
    'BAD_USER_INPUT',
    `${field}: expected a whole number from ${least} to ${most}, got ${got}`,
    {
      details: { field, minimum: least, maximum: most },
    },
  );
}

/** Whole seconds up to and including the one that `now` lies in. */
function windowBefore(now: number, windowSeconds: number): { fromMs: number; toMs: number } {
  const toMs = (Math.floor(now / SECOND_MS) + 1) * SECOND_MS;
  return { fromMs: toMs - windowSeconds * SECOND_MS, toMs };
}

/** The live question as a question of the catalogue, over the window before `now`. */
function questionOver(question: LiveQuestion, fromMs: number, toMs: number): MetricQuestion {
  const { projectId, event, platform, filter, includeBots } = question;
  return {
    projectId,
    range: {
      kind: 'instants',
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
    },
    timeZone: 'UTC',
    ...(event === undefined ? {} : { event }),
    filter:
      platform === undefined
        ? filter
        : [...filter, { field: 'platform', operator: 'equals', values: [platform] }],
    includeBots,
  };
}

/**
 * Unique events of each second of the window that ends with the running second. From the rollup per
 * second when only name and platform are asked for, else from silver: both count each id once, so
 * the number is what `eventVolume` says of the same instants.
 */
export async function computeEventRateNow(
  context: MetricContext,
  question: LiveWindowQuestion,
): Promise<LiveEventRate> {
  checkLiveWindow(question);
  const now = context.clock();
  const { fromMs, toMs } = windowBefore(now, question.windowSeconds);
  const asked = questionOver(question, fromMs, toMs);
  const plan = planOf(context, asked);
  const scope = statementScope(plan);
  const isInRollup = question.filter.length === 0 && question.event?.where === undefined;
  const source = isInRollup
    ? rollupSource()
    : {
        from: eventSource(plan, scope).from,
        second: `intDiv(${OCCURRED_MS}, 1000)`,
        count: 'count()',
      };

  function rollupSource() {
    const { event } = question.event ?? {};
    const name =
      event === undefined ? '' : ` AND event_name = ${scope.parameters.bind('String', event)}`;
    const platform =
      question.platform === undefined
        ? ''
        : ` AND platform = ${scope.parameters.bind('String', question.platform)}`;
    const time = occurredIn(scope, fromMs, toMs).replaceAll('occurred_at', 'bucket_start');
    return {
      from: `FROM ${context.database}.gold_event_counts_per_second
WHERE ${projectCondition(plan, scope)} AND ${time}${name}${platform}`,
      second: 'intDiv(toUnixTimestamp64Milli(bucket_start), 1000)',
      count: 'sum(event_count)',
    };
  }

  const { rows } = await context.warehouse.query(
    statement<{ readonly second: number; readonly n: number }>(
      'live.event_rate',
      `SELECT ${source.second} AS second, ${source.count} AS n\n${source.from}\nGROUP BY second`,
      scope.parameters.values(),
    ),
    context.signal === undefined ? {} : { signal: context.signal },
  );
  const values = new Array<number>(question.windowSeconds).fill(0);
  let total = 0;
  for (const { second, n } of rows) {
    values[second - fromMs / SECOND_MS] = n;
    total += n;
  }
  return {
    asOf: new Date(now).toISOString(),
    windowSeconds: question.windowSeconds,
    total,
    perSecond: total / question.windowSeconds,
    series: {
      bucketStarts: values.map((_, index) => new Date(fromMs + index * SECOND_MS).toISOString()),
      values,
    },
  };
}

/** Distinct persons with an event in the window that ends with the running second. */
export async function computeActiveNow(
  context: MetricContext,
  question: LiveWindowQuestion,
): Promise<LiveActiveNow> {
  checkLiveWindow(question);
  const now = context.clock();
  const { fromMs, toMs } = windowBefore(now, question.windowSeconds);
  const { total } = await computeUniqueUsers(context, questionOver(question, fromMs, toMs));
  return { asOf: new Date(now).toISOString(), windowSeconds: question.windowSeconds, users: total };
}
