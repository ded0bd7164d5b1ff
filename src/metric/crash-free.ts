import { statement } from '../warehouse/statement.js';
import { checkedLimit, percent, startAnswer } from './answer.js';
import { type Plan, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { sessionSource, sessionTables } from './session-source.js';

export const CRASH_FREE: MetricDefinition = {
  id: 'crash_free',
  title: 'Crash-free sessions and users',
  meaning:
    'Of the sessions with a mobile event, and of the people of these, those without a crash, overall and by app version (the first the session tells). Crash rate is what is left to 100; app_anr and app_error are no crashes.',
  unit: 'percent',
  additivity: 'ratio',
  tables: ['silver_events'],
  dimensions: 'session',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/** Stability of some sessions. Percentages are 0–100, null without sessions or users. */
export interface CrashFigures {
  readonly sessions: number;
  readonly crashedSessions: number;
  /** People of these sessions. */
  readonly users: number;
  readonly crashFreeSessionsPercent: number | null;
  /** 100 − crash-free sessions. */
  readonly crashRatePercent: number | null;
  /** People with none of these sessions crashed ÷ people. */
  readonly crashFreeUsersPercent: number | null;
  /** People with a session that stopped responding ÷ people. */
  readonly anrRatePercent: number | null;
}

export interface CrashFreeAnswer {
  readonly overall: CrashFigures;
  /** One entry per version, most sessions first. */
  readonly versions: readonly string[];
  readonly figures: readonly CrashFigures[];
  readonly otherVersions: number;
  readonly meta: AnswerMeta;
}

interface Row {
  readonly is_version: boolean;
  readonly version: string;
  readonly sessions: number;
  readonly crashed_sessions: number;
  readonly users: number;
  readonly crashed_users: number;
  readonly anr_users: number;
  readonly version_count: number;
}

const EMPTY = { sessions: 0, crashed_sessions: 0, users: 0, crashed_users: 0, anr_users: 0 };

/** Versions shown when a question sets no limit. */
const USUAL_VERSIONS = 100;

const STABILITY = {
  columns: [
    { name: 's_is_mobile', sql: `platform = 'mobile'` },
    { name: 's_version', sql: 'toString(app_version)' },
    { name: 's_is_crash', sql: `event_name = 'app_crash'` },
    { name: 's_is_anr', sql: `event_name = 'app_anr'` },
  ],
  aggregates: [
    { name: 'is_mobile', sql: 'max(s_is_mobile)' },
    { name: 'version', sql: `argMinIf(s_version, (occurred_ms, event_id), s_version != '')` },
    { name: 'is_crashed', sql: 'max(s_is_crash)' },
    { name: 'has_anr', sql: 'max(s_is_anr)' },
  ],
} as const;

/**
 * Crashes of the sessions that start in the range, overall and by version; a report that comes
 * late counts in its own session.
 *
 * @param question Its breakdown gives the most versions; without one 100.
 * @throws AppError as `computeEventVolume`.
 */
export async function computeCrashFree(
  context: MetricContext,
  question: MetricQuestion,
): Promise<CrashFreeAnswer> {
  const plan = planOf(context, question);
  const run = startAnswer(context);
  const limit = checkedLimit(question.breakdown?.limit ?? USUAL_VERSIONS);
  const rows = await run.query(crashStatement(plan, limit), sessionTables(['person']));
  const versions = rows.filter((row) => row.is_version);
  return {
    overall: figuresOf(rows.find((row) => !row.is_version) ?? EMPTY),
    versions: versions.map((row) => row.version),
    figures: versions.map(figuresOf),
    otherVersions: (versions[0]?.version_count ?? 0) - versions.length,
    meta: run.meta(),
  };
}

function figuresOf(row: Omit<Row, 'is_version' | 'version' | 'version_count'>): CrashFigures {
  const free = percent(row.sessions - row.crashed_sessions, row.sessions);
  return {
    sessions: row.sessions,
    crashedSessions: row.crashed_sessions,
    users: row.users,
    crashFreeSessionsPercent: free,
    crashRatePercent: free === null ? null : 100 - free,
    crashFreeUsersPercent: percent(row.users - row.crashed_users, row.users),
    anrRatePercent: percent(row.anr_users, row.users),
  };
}

/** Sessions are derived once for the total and the versions together. */
function crashStatement(plan: Plan, limit: number) {
  const scope = statementScope(plan);
  const source = sessionSource(plan, scope, ['person'], undefined, STABILITY);
  return statement<Row>(
    'metric.crash_free',
    `SELECT *, countIf(is_version) OVER () AS version_count
FROM (
  SELECT grouping(label) = 0 AS is_version, label AS version, count() AS sessions, countIf(is_crashed) AS crashed_sessions,
    uniqExact(person) AS users, uniqExactIf(person, is_crashed) AS crashed_users, uniqExactIf(person, has_anr) AS anr_users
  FROM (SELECT is_mobile, is_crashed, has_anr, ifNull(nullIf(version, ''), '(unknown)') AS label, ${source.person} AS person ${source.from})
  WHERE is_mobile
  GROUP BY GROUPING SETS ((), (label))
)
ORDER BY is_version ASC, sessions DESC, version ASC
LIMIT ${limit + 1}`,
    scope.parameters.values(),
  );
}
