import { DAY_MS } from '../session/restless-devices.js';
import type { SessionColumn } from '../session/session-events.js';
import { eventsOfSessionsByPartsSql } from '../session/session-parts.js';
import { LATEST_MS } from './activity-history.js';
import type { AnswerRun } from './answer.js';
import { type Plan, planBetween, type StatementScope, sessionsOf } from './event-source.js';
import { planSessions } from './session-plan.js';
import { sessionSource } from './session-source.js';

/**
 * The plan of a question about what happened in its sessions. One that starts at the very end of the
 * range lasts a day at most, unless a client named it.
 */
export async function planSessionEvents(asked: Plan, run: AnswerRun): Promise<Plan> {
  const { fromMs, toMs } = asked.range;
  const { unusual } = await planSessions(planBetween(asked, fromMs, toMs + DAY_MS), run);
  return unusual === undefined ? asked : { ...asked, unusual };
}

/**
 * A SELECT of the events that fit `kept` in the sessions of a question, whenever they happened:
 * `session_key`, `occurred_ms`, `event_id` and the asked columns. Where parts tell the sessions, no other
 * events are read.
 *
 * @param plan Of {@link planSessionEvents}.
 */
export function sessionEventSource(
  plan: Plan,
  scope: StatementScope,
  columns: readonly SessionColumn[],
  kept: string,
): string {
  const { unusual, from } = sessionSource(plan, scope, [], undefined, {
    columns: [],
    aggregates: [{ name: 's_unit', sql: 'any(unit)' }],
  });
  if (unusual !== undefined) {
    const events = { ...sessionsOf(plan, scope), unusual, columns, kept, latestMs: LATEST_MS };
    return eventsOfSessionsByPartsSql(
      events,
      `SELECT session_key, started_ms, ended_ms, s_unit AS unit ${from}`,
    );
  }
  const names = columns.map(({ name }) => name);
  const source = sessionSource(plan, scope, [], undefined, {
    columns: [...columns, { name: 's_is_kept', sql: kept }],
    aggregates: [
      {
        name: 's_kept',
        sql: `groupArrayIf((${['occurred_ms', 'event_id', ...names].join(', ')}), s_is_kept)`,
      },
    ],
  });
  const values = names.map((name, index) => `, s_event.${index + 3} AS ${name}`).join('');
  return `SELECT session_key, s_event.1 AS occurred_ms, s_event.2 AS event_id${values} FROM (SELECT session_key, arrayJoin(s_kept) AS s_event ${source.from})`;
}
