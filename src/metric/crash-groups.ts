import { statement } from '../warehouse/statement.js';
import { checkedLimit, startAnswer } from './answer.js';
import { eventSource, eventTables, OCCURRED_MS, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { textProperty } from './property-sql.js';

export const CRASH_GROUPS: MetricDefinition = {
  id: 'crash_groups',
  title: 'Crash groups',
  meaning:
    'Events app_crash put together by what they say of themselves: the property fingerprint, else exception, else type, else message; with the people they hit and the latest of each as a sample.',
  unit: 'crashes',
  additivity: 'sum',
  tables: ['silver_events'],
  dimensions: 'event',
  emptyValue: '0',
  exactness: 'exact',
};

/** Properties that name a group, the first that is not empty does. */
const GROUP_PROPERTIES = ['fingerprint', 'exception', 'type', 'message'] as const;

/** Groups shown when a question sets no limit. */
const USUAL_GROUPS = 100;

/** Parallel lists, one entry per group, most crashes first, ties by group. */
export interface CrashGroupsAnswer {
  /** Crashes of all groups. */
  readonly total: number;
  readonly groups: readonly string[];
  readonly crashes: readonly number[];
  /** Distinct people. */
  readonly users: readonly number[];
  /** App versions that crashed so, bytewise; `(unknown)` where none is told. */
  readonly versions: readonly (readonly string[])[];
  /** First and last crash of the range, ISO 8601, UTC. */
  readonly firstAt: readonly string[];
  readonly lastAt: readonly string[];
  /** Id of the last crash in canonical order, and its properties as JSON texts by name. */
  readonly sampleEventIds: readonly string[];
  readonly sampleProperties: readonly Readonly<Record<string, string>>[];
  readonly otherGroups: number;
  readonly otherCrashes: number;
  readonly meta: AnswerMeta;
}

interface Row {
  readonly name: string;
  readonly crashes: number;
  readonly users: number;
  readonly versions: readonly string[];
  readonly first_ms: number;
  readonly last_ms: number;
  readonly sample_id: string;
  readonly sample: Readonly<Record<string, string>>;
  readonly group_count: number;
  readonly crash_sum: number;
}

/**
 * Groups of the crashes of the range, by event time.
 *
 * @param question Its breakdown gives the most groups; without one 100.
 * @throws AppError as `computeEventVolume`.
 */
export async function computeCrashGroups(
  context: MetricContext,
  question: MetricQuestion,
): Promise<CrashGroupsAnswer> {
  const plan = planOf(context, question);
  const scope = statementScope(plan);
  const run = startAnswer(context);
  const source = eventSource(plan, scope, { person: true, extra: `event_name = 'app_crash'` });
  const texts = GROUP_PROPERTIES.map((name) => `nullIf(${textProperty(name)}, '')`);
  const rows = await run.query(
    statement<Row>(
      'metric.crash_groups',
      `SELECT *, count() OVER () AS group_count, sum(crashes) OVER () AS crash_sum
FROM (
  SELECT coalesce(${texts.join(', ')}, '(none)') AS name, count() AS crashes, uniqExact(${source.person}) AS users,
    arraySort(groupUniqArray(ifNull(nullIf(toString(app_version), ''), '(unknown)'))) AS versions,
    min(${OCCURRED_MS}) AS first_ms, max(${OCCURRED_MS}) AS last_ms,
    argMax(event_id, (${OCCURRED_MS}, event_id)) AS sample_id, argMax(properties, (${OCCURRED_MS}, event_id)) AS sample
  ${source.from}
  GROUP BY name
)
ORDER BY crashes DESC, name ASC
LIMIT ${checkedLimit(question.breakdown?.limit ?? USUAL_GROUPS)}`,
      scope.parameters.values(),
    ),
    eventTables({ person: true }),
  );
  const total = rows[0]?.crash_sum ?? 0;
  return {
    total,
    groups: rows.map((row) => row.name),
    crashes: rows.map((row) => row.crashes),
    users: rows.map((row) => row.users),
    versions: rows.map((row) => row.versions),
    firstAt: rows.map((row) => new Date(row.first_ms).toISOString()),
    lastAt: rows.map((row) => new Date(row.last_ms).toISOString()),
    sampleEventIds: rows.map((row) => row.sample_id),
    sampleProperties: rows.map((row) => row.sample),
    otherGroups: (rows[0]?.group_count ?? 0) - rows.length,
    otherCrashes: total - rows.reduce((sum, row) => sum + row.crashes, 0),
    meta: run.meta(),
  };
}
