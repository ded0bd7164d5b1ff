import { LAST_RANK, RANK } from '../session/sessions.js';
import { statement } from '../warehouse/statement.js';
import { percent, startAnswer } from './answer.js';
import { type Plan, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { type RankedListRow, rankedListSql, splitRankedList } from './ranked-list.js';
import { planSessions } from './session-plan.js';
import { sessionSource } from './session-source.js';

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
  /** Of the sessions of these versions together. */
  readonly other: CrashFigures;
  readonly meta: AnswerMeta;
}

type Row = RankedListRow<'sessions' | 'crashed_sessions' | 'users' | 'crashed_users' | 'anr_users'>;

/** Versions shown when a question sets no limit. */
const USUAL_VERSIONS = 100;

const STABILITY = {
  columns: [
    { name: 's_is_mobile', sql: `platform = 'mobile'`, part: 'mobile_count > 0' },
    { name: 's_version', sql: 'toString(app_version)', part: 'first_version.app_version' },
    {
      name: 's_version_rank',
      sql: `if(app_version != '', ${RANK}, ${LAST_RANK})`,
      part: 'first_version.rank',
    },
    {
      name: 's_is_crash',
      sql: `event_name = 'app_crash'`,
      part: `mapContains(event_counts, 'app_crash')`,
    },
    {
      name: 's_is_anr',
      sql: `event_name = 'app_anr'`,
      part: `mapContains(event_counts, 'app_anr')`,
    },
  ],
  aggregates: [
    { name: 'is_mobile', sql: 'max(s_is_mobile)' },
    { name: 'version', sql: 'argMin(s_version, s_version_rank)' },
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
  const run = startAnswer(context);
  const plan = await planSessions(planOf(context, question), run);
  const rows = await run.query(crashStatement(plan));
  const { values, rest, total } = splitRankedList(rows);
  return {
    overall: figuresOf(total),
    versions: values.map((row) => row.value),
    figures: values.map(figuresOf),
    otherVersions: rest?.value_count ?? 0,
    other: figuresOf(rest),
    meta: run.meta(),
  };
}

function figuresOf(given: Row | null): CrashFigures {
  const row = given ?? NO_SESSIONS;
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

const NO_SESSIONS = { sessions: 0, crashed_sessions: 0, users: 0, crashed_users: 0, anr_users: 0 };

/** Sessions are derived once for the total, the versions and the rest of them. */
function crashStatement(plan: Plan) {
  const scope = statementScope(plan);
  const source = sessionSource(plan, scope, ['person'], undefined, STABILITY);
  return statement<Row>(
    'metric.crash_free',
    rankedListSql({
      value: 'label',
      from: `FROM (SELECT is_mobile, is_crashed, has_anr, ifNull(nullIf(version, ''), '(unknown)') AS label, ${source.person} AS person ${source.from})
  WHERE is_mobile`,
      measures: {
        sessions: ['count', ''],
        crashed_sessions: ['countIf', 'is_crashed'],
        users: ['uniqExact', 'person'],
        crashed_users: ['uniqExactIf', 'person, is_crashed'],
        anr_users: ['uniqExactIf', 'person, has_anr'],
      },
      order: ['sessions'],
      shown: { limit: plan.question.breakdown?.limit ?? USUAL_VERSIONS },
    }),
    scope.parameters.values(),
  );
}
