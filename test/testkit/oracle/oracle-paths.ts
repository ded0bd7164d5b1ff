import type { OracleWorld } from './oracle-metrics.js';
import type { OracleSession } from './oracle-session.js';

/** What paths are asked for, METRICS-SPEC §8. */
export interface OraclePathQuestion {
  readonly node: 'page' | 'event';
  readonly maxSteps: number;
  readonly start?: string;
  readonly end?: string;
  /** Only sessions that go from one node at this step to another at the next. */
  readonly through?: { readonly step: number; readonly from: string; readonly to: string };
}

/** The path of one session; the first node stands at step `first`. */
export interface OraclePath {
  readonly session: OracleSession;
  readonly nodes: readonly string[];
  readonly first: number;
  /** The session had further nodes behind the last one. */
  readonly goesOn: boolean;
}

/** Something counted, with its place. */
export interface OracleRow {
  readonly step: number;
  readonly nodes: readonly string[];
  readonly sessions: number;
  readonly stops: number;
}

/** One path per started session that has one. */
export function oraclePaths(
  world: OracleWorld,
  question: OraclePathQuestion,
): readonly OraclePath[] {
  const paths: OraclePath[] = [];
  for (const session of world.started) {
    const path = pathOf(session, question);
    if (path.nodes.length === 0) continue;
    if (question.through !== undefined) {
      const { step, from, to } = question.through;
      if (path.nodes[step - path.first] !== from) continue;
      if (path.nodes[step + 1 - path.first] !== to) continue;
    }
    paths.push(path);
  }
  return paths;
}

function pathOf(session: OracleSession, question: OraclePathQuestion): OraclePath {
  const { node, maxSteps, start, end } = question;
  let nodes: string[] = [];
  for (const event of session.events) {
    if (event.isView !== (node === 'page')) continue;
    const name = node === 'event' ? event.name : event.page === '' ? '(none)' : event.page;
    if (nodes.at(-1) !== name) nodes.push(name);
  }
  if (start !== undefined) {
    while (nodes.length > 0 && nodes[0] !== start) nodes.shift();
  }
  if (end === undefined) {
    const kept = nodes.slice(0, maxSteps);
    return { session, nodes: kept, first: 1, goesOn: kept.length < nodes.length };
  }
  const whole = nodes.length;
  nodes = [...nodes];
  while (nodes.length > 0 && nodes.at(-1) !== end) nodes.pop();
  const goesOn = nodes.length < whole;
  while (nodes.length > maxSteps) nodes.shift();
  return { session, nodes, first: maxSteps - nodes.length + 1, goesOn };
}

/** Sessions per edge, per node and per whole path, largest first, ties by step and bytes. */
export function oraclePathRows(paths: readonly OraclePath[]) {
  const edges = new Map<string, OracleRow>();
  const nodes = new Map<string, OracleRow>();
  const sequences = new Map<string, OracleRow>();
  const count = (
    rows: Map<string, OracleRow>,
    row: Omit<OracleRow, 'sessions' | 'stops'>,
    stops = false,
  ): void => {
    const key = JSON.stringify(row);
    const { sessions, stops: stopped } = rows.get(key) ?? { sessions: 0, stops: 0 };
    rows.set(key, { ...row, sessions: sessions + 1, stops: stopped + (stops ? 1 : 0) });
  };
  for (const path of paths) {
    count(sequences, { step: 1, nodes: path.nodes });
    for (const [index, name] of path.nodes.entries()) {
      const step = path.first + index;
      const next = path.nodes[index + 1];
      count(nodes, { step, nodes: [name] }, next === undefined && !path.goesOn);
      if (next !== undefined) count(edges, { step, nodes: [name, next] });
    }
  }
  const sorted = (rows: Map<string, OracleRow>): readonly OracleRow[] =>
    [...rows.values()].sort(
      (a, b) => b.sessions - a.sessions || a.step - b.step || compareLists(a.nodes, b.nodes),
    );
  return { edges: sorted(edges), nodes: sorted(nodes), sequences: sorted(sequences) };
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = Buffer.compare(Buffer.from(text), Buffer.from(other));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
