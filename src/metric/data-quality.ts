import { statement } from '../warehouse/statement.js';
import { ratio, startAnswer } from './answer.js';
import { type Plan, planOf, type StatementScope, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { inProject } from './project-condition.js';

export const DATA_QUALITY: MetricDefinition = {
  id: 'data_quality',
  title: 'Data quality score',
  meaning:
    '100 × (0.40 validity + 0.25 completeness + 0.15 uniqueness + 0.20 timeliness) of what was received in the range, bots included. Copies and refused input are kept for 90 days, so older ranges know the unique events alone.',
  unit: 'score from 0 to 100',
  additivity: 'ratio',
  tables: ['bronze_events', 'bronze_dead_letters', 'silver_events'],
  dimensions: 'none',
  emptyValue: '0 and null',
  exactness: 'exact',
};

export interface DataQualityAnswer {
  /** Everything that came in: events with their copies, and refused input. */
  readonly received: number;
  readonly refused: number;
  /** Copies of events that were there already. */
  readonly duplicates: number;
  /** Unique events. */
  readonly unique: number;
  /** Unique events with the recommended fields: `url` and `user_agent` on web, `app_version` on mobile. */
  readonly complete: number;
  /** Unique events received more than 24 hours after they happened. */
  readonly late: number;
  /** (received − refused) ÷ received, 0–1; null when nothing was received. */
  readonly validity: number | null;
  /** complete ÷ unique, 0–1; null without unique events. */
  readonly completeness: number | null;
  /** 1 − duplicates ÷ received, 0–1; null when nothing was received. */
  readonly uniqueness: number | null;
  /** 1 − late ÷ unique, 0–1; null without unique events. */
  readonly timeliness: number | null;
  /** 0–100; null when nothing was received. */
  readonly score: number | null;
  readonly meta: AnswerMeta;
}

/** METRICS-SPEC §1, "Late". */
const LATE_MS = 24 * 3_600_000;

/** Bots and every event are in, so there is nothing else to ask. */
type Question = Pick<MetricQuestion, 'projectId' | 'range' | 'timeZone'>;

/**
 * Quality of what was received in the range, by local received days.
 *
 * @throws AppError as `resolveRange`.
 */
export async function computeDataQuality(
  context: MetricContext,
  question: Question,
): Promise<DataQualityAnswer> {
  const plan = planOf(context, { ...question, filter: [], includeBots: true });
  const run = startAnswer(context);
  const [copies, letters, events] = await Promise.all([
    run.query(countStatement(plan, 'bronze_events'), ['bronze_events']),
    run.query(countStatement(plan, 'bronze_dead_letters FINAL'), ['bronze_dead_letters']),
    run.query(eventStatement(plan), ['silver_events']),
  ]);
  const refused = letters[0]?.n ?? 0;
  const { unique, complete, late } = events[0] ?? { unique: 0, complete: 0, late: 0 };
  // Past the time that copies are kept for, the unique events are what is known.
  const valid = Math.max(copies[0]?.n ?? 0, unique);
  const received = valid + refused;
  const duplicates = valid - unique;
  const validity = ratio(valid, received);
  const completeness = ratio(complete, unique);
  const uniqueness = ratio(received - duplicates, received);
  const timeliness = ratio(unique - late, unique);
  return {
    received,
    refused,
    duplicates,
    unique,
    complete,
    late,
    validity,
    completeness,
    uniqueness,
    timeliness,
    score:
      validity === null || uniqueness === null
        ? null
        : 100 *
          (0.4 * validity +
            0.25 * (completeness ?? 0) +
            0.15 * uniqueness +
            0.2 * (timeliness ?? 0)),
    meta: run.meta(),
  };
}

/** Project, and local received days of the range. */
function receivedCondition({ question, range }: Plan, { parameters }: StatementScope): string {
  const at = (ms: number): string =>
    `fromUnixTimestamp64Milli(${parameters.bind('Int64', ms)}, 'UTC')`;
  return `${inProject(parameters, question.projectId)} AND received_at >= ${at(range.fromMs)} AND received_at < ${at(range.toMs)}`;
}

function countStatement(plan: Plan, table: 'bronze_events' | 'bronze_dead_letters FINAL') {
  const scope = statementScope(plan);
  return statement<{ readonly n: number }>(
    'metric.data_quality.received',
    `SELECT count() AS n FROM ${plan.context.database}.${table} WHERE ${receivedCondition(plan, scope)}`,
    scope.parameters.values(),
  );
}

function eventStatement(plan: Plan) {
  const scope = statementScope(plan);
  const late = scope.parameters.bind('Int64', LATE_MS);
  return statement<{ readonly unique: number; readonly complete: number; readonly late: number }>(
    'metric.data_quality.events',
    `SELECT count() AS unique,
  countIf(if(platform = 'mobile', app_version != '', url != '' AND user_agent != '')) AS complete,
  countIf(dateDiff('millisecond', occurred_at, received_at) > ${late}) AS late
FROM ${plan.context.database}.silver_events
WHERE ${receivedCondition(plan, scope)}`,
    scope.parameters.values(),
  );
}
