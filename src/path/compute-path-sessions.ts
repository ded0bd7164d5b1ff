import { AppError } from '../errors.js';
import { startAnswer } from '../metric/answer.js';
import { planOf, statementScope } from '../metric/event-source.js';
import type { MetricContext } from '../metric/metric.js';
import { statement } from '../warehouse/statement.js';
import type { PathSession, PathSessionsPage, PathSessionsQuestion } from './path-query.js';
import { pathSource } from './path-source.js';
import { validatePaths } from './validate-paths.js';

/** Most sessions of one page. */
export const MAX_PATH_SESSIONS = 1_000;

interface Row {
  readonly key: string;
  readonly started_ms: number;
  readonly ended_ms: number;
  readonly person: string;
  readonly path: readonly string[];
  readonly session_total: number;
  readonly people_total: number;
}

/**
 * The sessions that take the way of a question, newest first, with their people: what stands behind
 * an edge (`through`), a start or an end.
 *
 * @throws AppError as `computePaths`, and `BAD_USER_INPUT` for a page size out of bounds.
 */
export async function computePathSessions(
  context: MetricContext,
  question: PathSessionsQuestion,
): Promise<PathSessionsPage> {
  validatePaths(question);
  const { first } = question;
  if (!Number.isInteger(first) || first < 1 || first > MAX_PATH_SESSIONS) {
    throw new AppError(
      'BAD_USER_INPUT',
      `first must be a whole number from 1 to ${MAX_PATH_SESSIONS}, got ${first}`,
      { details: { field: 'first', maximum: MAX_PATH_SESSIONS } },
    );
  }
  const plan = planOf(context, question);
  const scope = statementScope(plan);
  const { parameters } = scope;
  const run = startAnswer(context);
  const source = pathSource(
    plan,
    question,
    scope,
    ['person'],
    ['session_key', 'started_ms', 'ended_ms', 'anonymous_id', 'user_id', 'link_user'],
  );
  const until =
    question.untilMs === undefined
      ? ''
      : `WHERE started_ms <= ${parameters.bind('Int64', question.untilMs)}`;
  const { after } = question;
  const behind =
    after === undefined
      ? 'true'
      : `(started_ms, key) < (${parameters.bind('Int64', after.startedMs)}, ${parameters.bind('String', after.key)})`;
  const rows = await run.query(
    statement<Row>(
      'path.sessions',
      `SELECT key, started_ms, ended_ms, person, path, session_total, people_total
FROM (
  SELECT hex(session_key) AS key, started_ms, ended_ms, ${source.person} AS person, path,
    count() OVER () AS session_total, uniqExact(person) OVER () AS people_total
  FROM (${source.sql})
  ${until}
)
WHERE ${behind}
ORDER BY started_ms DESC, key DESC
LIMIT ${parameters.bind('UInt32', first + 1)}`,
      parameters.values(),
    ),
  );
  return {
    sessions: rows.slice(0, first).map(sessionOf),
    hasMore: rows.length > first,
    totalSessions: rows[0]?.session_total ?? 0,
    totalPeople: rows[0]?.people_total ?? 0,
    meta: run.meta(),
  };
}

function sessionOf({ key, started_ms, ended_ms, person, path }: Row): PathSession {
  const isUser = person.startsWith('u');
  return {
    key,
    startedAt: new Date(started_ms).toISOString(),
    endedAt: new Date(ended_ms).toISOString(),
    userId: isUser ? person.slice(1) : '',
    anonymousId: isUser ? '' : person.slice(1),
    path,
  };
}
