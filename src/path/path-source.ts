import { PAGE_SQL } from '../metric/dimension.js';
import type { Plan, StatementScope } from '../metric/event-source.js';
import { sessionEventSource } from '../metric/session-event-source.js';
import { type SessionFact, sessionSource } from '../metric/session-source.js';
import type { PathNode, PathsQuestion } from './path-query.js';

/** Which events of a session are nodes, and what they are called there. */
const NODES: Readonly<Record<PathNode, { readonly sql: string; readonly isNode: string }>> = {
  page: { sql: `ifNull(nullIf(${PAGE_SQL}, ''), '(none)')`, isNode: 'is_view' },
  event: { sql: 'toString(event_name)', isNode: 'NOT is_view' },
};

export interface PathSource {
  /** A SELECT of one row per session with a path: `path` (Array(String)), `steps_before`, `is_cut`, and the columns asked. */
  readonly sql: string;
  /** Person of the session; only with the fact `person`. */
  readonly person: string;
}

/**
 * The paths of the sessions that start in the range (METRICS-SPEC §8): nodes in canonical order,
 * equal neighbours once, from the first `start` to the last `end`, the first `maxSteps` of them (with
 * an `end` the last). `steps_before` is the number of the step before its first node: 0, and with an
 * `end` as many as make the end step `maxSteps`. `is_cut` tells that the session went on behind what
 * is kept.
 *
 * @param columns Further columns of the session's row.
 */
export function pathSource(
  plan: Plan,
  question: PathsQuestion,
  scope: StatementScope,
  facts: readonly SessionFact[] = [],
  columns: readonly string[] = [],
): PathSource {
  const { parameters } = scope;
  const node = NODES[question.node];
  const source = sessionSource(plan, scope, facts, undefined, {
    columns: [
      { name: 's_node', sql: node.sql },
      { name: 's_is_node', sql: node.isNode },
    ],
    aggregates: [
      {
        name: 'nodes',
        sql: nodesSql(`groupArrayIf(${PLACED_NODE}, s_is_node)`),
      },
    ],
  });
  // Of the sessions alone, nothing but their nodes has to be read.
  const from =
    columns.length > 0
      ? source.from
      : `FROM (SELECT ${nodesSql(`groupArray(${PLACED_NODE})`)} AS nodes FROM (${sessionEventSource(plan, scope, [{ name: 's_node', sql: node.sql }], node.isNode)}) GROUP BY session_key)`;
  const { start, end } = question;
  const steps = parameters.bind('Int64', question.maxSteps);
  const started =
    start === undefined
      ? 'nodes'
      : `arraySlice(nodes, if(has(nodes, ${parameters.bind('String', start)}), indexOf(nodes, ${parameters.bind('String', start)}), length(nodes) + 1))`;
  const last =
    end === undefined
      ? 'length(started)'
      : `arrayLastIndex(each -> each = ${parameters.bind('String', end)}, started)`;
  const path =
    end === undefined
      ? `arraySlice(started, 1, ${steps})`
      : `arraySlice(started, greatest(toInt64(last) - ${steps}, 0) + 1, least(toInt64(last), ${steps}))`;
  const selected = columns.map((column) => `, ${column}`).join('');
  const rows = `SELECT ${path} AS path, ${last} AS last, length(started) > ${end === undefined ? 'length(path)' : 'last'} AS is_cut, ${end === undefined ? '0' : `${steps} - length(path)`} AS steps_before${selected}
FROM (SELECT ${started} AS started${selected} ${from})`;
  return {
    sql: `SELECT * FROM (${rows}) WHERE ${throughSql(question, scope)}`,
    person: source.person,
  };
}

/** A node behind its place in canonical order. */
const PLACED_NODE = '(occurred_ms, event_id, s_node)';

/** Nodes in canonical order, equal neighbours once, of an aggregate of (ms, event id, node). */
function nodesSql(gathered: string): string {
  return `arrayCompact(arrayMap(each -> each.3, arraySort(${gathered})))`;
}

function throughSql({ through }: PathsQuestion, { parameters }: StatementScope): string {
  if (through === undefined) return 'notEmpty(path)';
  const at = `${parameters.bind('UInt32', through.step)} - steps_before`;
  return `${at} >= 1 AND ${at} < length(path) AND path[${at}] = ${parameters.bind('String', through.from)} AND path[${at} + 1] = ${parameters.bind('String', through.to)}`;
}
