import {
  LEAST_PART_TIMEOUT_SECONDS,
  type UnusualDevices,
  unusualDevicesSql,
} from '../session/session-parts.js';
import { statement } from '../warehouse/statement.js';
import type { AnswerRun } from './answer.js';
import { type Plan, statementScope } from './event-source.js';

/** More restless devices than this, and events answer instead of parts of sessions. */
const MOST_RESTLESS = 1_000;

/**
 * The same plan, knowing what it takes to make sessions of parts: which devices around its range are
 * unusual. Unchanged where parts cannot answer.
 *
 * It is looked up before the question is asked, so that the usual statement need not care for them. An
 * event that arrives between the two is in the answer, but for a device that it makes unusual the
 * sessions around it may be cut as before.
 */
export async function planSessions(plan: Plan, run: AnswerRun): Promise<Plan> {
  const { context, question, range } = plan;
  const { sessionTimeoutSeconds: timeoutSeconds } = context.settings;
  const isAllowed = context.onlyTables?.includes('gold_session_parts') ?? true;
  if (!isAllowed || timeoutSeconds < LEAST_PART_TIMEOUT_SECONDS) return plan;
  const { parameters } = statementScope(plan);
  const { fromMs, toMs } = range;
  const sql = unusualDevicesSql({
    database: context.database,
    projectId: question.projectId,
    parameters,
    timeoutSeconds,
    includeBots: question.includeBots,
    fromMs,
    toMs,
  });
  const rows = await run.query(
    statement<{ readonly unit: string }>('session.unusual_devices', sql, parameters.values()),
    [],
  );
  const restless = rows.map((row) => row.unit).filter((unit) => unit !== '');
  if (restless.length > MOST_RESTLESS) return plan;
  const unusual: UnusualDevices = {
    fromMs,
    toMs,
    restless,
    hasCuts: rows.length > restless.length,
  };
  return { ...plan, unusual };
}
