import { AppError } from '../errors.js';
import { PAGE_SQL } from '../metric/dimension.js';
import { eventSource, OCCURRED_MS, planOf, statementScope } from '../metric/event-source.js';
import type { MetricContext } from '../metric/metric.js';
import { type Statement, statement } from '../warehouse/statement.js';
import { checkWindow, metricQuestion } from './event-rate.js';
import type { LiveActiveNow, LiveWindowQuestion } from './live-query.js';
import type { Evaluation } from './tick-loop.js';

/** What active people are asked for; ticks have an interval besides. */
export interface ActiveNowWindow extends Omit<LiveWindowQuestion, 'intervalMs'> {
  /** How many of the pages most people are on to name, 0 to 100; left out: none. */
  readonly topPages?: number;
}

/** A tick of active people. */
export interface ActiveNowTick extends LiveActiveNow {
  /**
   * Pages and screens viewed in the window, most people first, ties bytewise; parallel lists,
   * empty unless asked for.
   */
  readonly topPages: { readonly pages: readonly string[]; readonly users: readonly number[] };
}

/** Most pages of {@link ActiveNowWindow.topPages}. */
export const MAX_TOP_PAGES = 100;

const AHEAD_MS = 86_400_000;

/**
 * Distinct persons with an event in the window before `atMs`, half-open, identity resolved: what a
 * tick of the subscription says at that moment, from the same statements.
 *
 * @throws AppError `BAD_USER_INPUT`, `INVALID_DIMENSION`, and the errors of the warehouse.
 */
export async function computeActiveNow(
  context: MetricContext,
  question: ActiveNowWindow,
  atMs: number = context.clock(),
): Promise<ActiveNowTick> {
  return (await evaluateActiveNow(context, question, atMs)).value;
}

/** The same for the subscription. */
export async function evaluateActiveNow(
  context: MetricContext,
  question: ActiveNowWindow,
  atMs: number,
): Promise<Evaluation<ActiveNowTick>> {
  checkWindow(question.windowSeconds);
  const topPages = question.topPages ?? 0;
  if (!Number.isInteger(topPages) || topPages < 0 || topPages > MAX_TOP_PAGES) {
    throw new AppError(
      'BAD_USER_INPUT',
      `topPages must be a whole number from 0 to ${MAX_TOP_PAGES}, got ${topPages}`,
      { details: { field: 'topPages', minimum: 0, maximum: MAX_TOP_PAGES } },
    );
  }
  const options = context.signal === undefined ? {} : { signal: context.signal };
  const [people, pages] = await Promise.all([
    context.warehouse.query(peopleStatement(context, question, atMs), options),
    topPages === 0
      ? null
      : context.warehouse.query(pagesStatement(context, question, atMs, topPages), options),
  ]);
  const row = people.rows[0];
  const users = row?.users ?? 0;
  return {
    value: {
      asOf: new Date(atMs).toISOString(),
      windowSeconds: question.windowSeconds,
      users,
      topPages: {
        pages: pages?.rows.map((each) => each.value) ?? [],
        users: pages?.rows.map((each) => each.users) ?? [],
      },
    },
    hasContent: users > 0,
    nextEventAt: row === undefined || row.next_ms === 0 ? null : row.next_ms,
  };
}

interface PeopleRow {
  readonly users: number;
  /** First event at or behind the end of the window; 0 when none. */
  readonly next_ms: number;
}

function peopleStatement(
  context: MetricContext,
  question: ActiveNowWindow,
  atMs: number,
): Statement<PeopleRow> {
  const fromMs = atMs - question.windowSeconds * 1000;
  const plan = planOf(context, metricQuestion(question, fromMs, atMs + AHEAD_MS));
  const scope = statementScope(plan);
  const source = eventSource(plan, scope, { person: true });
  const at = scope.parameters.bind('Int64', atMs);
  return statement<PeopleRow>(
    'live.active_now',
    `SELECT uniqExactIf(${source.person}, ${OCCURRED_MS} < ${at}) AS users, minIf(${OCCURRED_MS}, ${OCCURRED_MS} >= ${at}) AS next_ms
${source.from}`,
    scope.parameters.values(),
  );
}

function pagesStatement(
  context: MetricContext,
  question: ActiveNowWindow,
  atMs: number,
  limit: number,
): Statement<{ readonly value: string; readonly users: number }> {
  const fromMs = atMs - question.windowSeconds * 1000;
  const plan = planOf(context, metricQuestion(question, fromMs, atMs));
  const scope = statementScope(plan);
  const source = eventSource(plan, scope, { person: true, extra: `is_view AND ${PAGE_SQL} != ''` });
  return statement<{ readonly value: string; readonly users: number }>(
    'live.active_now.pages',
    `SELECT ${PAGE_SQL} AS value, uniqExact(${source.person}) AS users
${source.from}
GROUP BY value
ORDER BY users DESC, value ASC
LIMIT ${scope.parameters.bind('UInt32', limit)}`,
    scope.parameters.values(),
  );
}
