import { checkedLimit, startAnswer } from '../metric/answer.js';
import { type Plan, planOf, statementScope } from '../metric/event-source.js';
import type { MetricContext, MetricDefinition } from '../metric/metric.js';
import { planSessionEvents } from '../metric/session-event-source.js';
import { statement } from '../warehouse/statement.js';
import type { PathsAnswer, PathsQuestion } from './path-query.js';
import { pathSource } from './path-source.js';
import { validatePaths } from './validate-paths.js';

export const PATHS: MetricDefinition = {
  id: 'paths',
  title: 'Paths',
  meaning:
    'Ways through the pages and screens, or the events, of a session, equal neighbours once: sessions that go from one node to the next, sessions with a whole path, and where they stop.',
  unit: 'sessions',
  additivity: 'sum',
  tables: ['silver_events'],
  dimensions: 'session',
  emptyValue: '0',
  exactness: 'exact',
};

/** One row of the statement: an edge, a node or a whole sequence. */
interface Row {
  readonly kind: 'edge' | 'node' | 'sequence';
  readonly step: number;
  readonly nodes: readonly string[];
  readonly sessions: number;
  readonly drop_offs: number;
  /** Rows of the kind and their sessions, before the limit. */
  readonly kind_rows: number;
  readonly kind_sessions: number;
}

/**
 * Paths of the sessions that start in the range.
 *
 * @throws AppError `BAD_USER_INPUT` for steps or a limit out of bounds, and as `resolveRange` does.
 */
export async function computePaths(
  context: MetricContext,
  question: PathsQuestion,
): Promise<PathsAnswer> {
  validatePaths(question);
  const run = startAnswer(context);
  const plan = await planSessionEvents(planOf(context, question), run);
  const rows = await run.query(pathsStatement(plan, question));
  const edges = rows.filter((row) => row.kind === 'edge');
  const nodes = rows.filter((row) => row.kind === 'node');
  const sequences = rows.filter((row) => row.kind === 'sequence');
  const shown = (some: readonly Row[]): number => some.reduce((sum, row) => sum + row.sessions, 0);
  const rest = (some: readonly Row[]) => ({
    rows: (some[0]?.kind_rows ?? 0) - some.length,
    sessions: (some[0]?.kind_sessions ?? 0) - shown(some),
  });
  return {
    sessions: sequences[0]?.kind_sessions ?? 0,
    edges: {
      steps: edges.map((row) => row.step),
      from: edges.map((row) => row.nodes[0] ?? ''),
      to: edges.map((row) => row.nodes[1] ?? ''),
      sessions: edges.map((row) => row.sessions),
      otherEdges: rest(edges).rows,
      otherSessions: rest(edges).sessions,
    },
    sequences: {
      paths: sequences.map((row) => row.nodes),
      sessions: sequences.map((row) => row.sessions),
      otherSequences: rest(sequences).rows,
      otherSessions: rest(sequences).sessions,
    },
    nodes: {
      steps: nodes.map((row) => row.step),
      nodes: nodes.map((row) => row.nodes[0] ?? ''),
      sessions: nodes.map((row) => row.sessions),
      dropOffs: nodes.map((row) => row.drop_offs),
      otherNodes: rest(nodes).rows,
    },
    meta: run.meta(),
  };
}

/**
 * Sessions of one path are counted first, so that edges and nodes are taken apart once per path
 * instead of once per session; everything comes from one pass over the sessions.
 */
function pathsStatement(plan: Plan, question: PathsQuestion) {
  const scope = statementScope(plan);
  const limit = checkedLimit(question.limit);
  return statement<Row>(
    'path.paths',
    `SELECT kind, step, nodes, sessions, drop_offs, kind_rows, kind_sessions
FROM (
  SELECT kind, step, nodes, sessions, drop_offs,
    count() OVER (PARTITION BY kind) AS kind_rows, sum(sessions) OVER (PARTITION BY kind) AS kind_sessions,
    row_number() OVER (PARTITION BY kind ORDER BY sessions DESC, step ASC, nodes ASC) AS place
  FROM (
    SELECT part.1 AS kind, part.2 AS step, part.3 AS nodes, sum(path_sessions) AS sessions, sum(if(part.4, path_ends, 0)) AS drop_offs
    FROM (
      SELECT path, any(steps_before) AS before, count() AS path_sessions, countIf(NOT is_cut) AS path_ends
      FROM (${pathSource(plan, question, scope).sql})
      GROUP BY path
    )
    ARRAY JOIN arrayConcat(
      [('sequence', toUInt32(1), path, false)],
      arrayMap(i -> ('node', toUInt32(before + i), [path[i]], i = length(path)), arrayEnumerate(path)),
      arrayMap(i -> ('edge', toUInt32(before + i), [path[i], path[i + 1]], false), range(1, toUInt32(length(path))))
    ) AS part
    GROUP BY kind, step, nodes
  )
)
WHERE place <= ${limit}
ORDER BY kind ASC, if(kind = 'sequence', 0, step) ASC, place ASC`,
    scope.parameters.values(),
  );
}
