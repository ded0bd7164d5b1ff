import { LEAST_PART_TIMEOUT_SECONDS } from '../session/session-parts.js';
import {
  cutsOfDevice,
  type DeviceQuarter,
  oddQuartersSql,
  type PartsAround,
  type Stretch,
  stretchesSql,
  type UnusualDevice,
  type UnusualDevices,
  unusualDevicesSql,
} from '../session/unusual-devices.js';
import { statement } from '../warehouse/statement.js';
import type { AnswerRun } from './answer.js';
import { type Plan, statementScope } from './event-source.js';

/**
 * More devices, stretches or odd quarter hours than this, and events answer instead of parts; more
 * quarter hours that a cold start cuts, and statements look for them themselves.
 */
const MOST_UNUSUAL = 1_000;

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
  const { fromMs, toMs } = range;
  const around = () => ({
    database: context.database,
    projectId: question.projectId,
    parameters: statementScope(plan).parameters,
    timeoutSeconds,
    includeBots: question.includeBots,
    fromMs,
    toMs,
  });
  const parts = around();
  const devices = await run.query(
    statement<UnusualDevice>(
      'session.unusual_devices',
      unusualDevicesSql(parts, MOST_UNUSUAL + 1),
      parts.parameters.values(),
    ),
    [],
  );
  const suspects = devices.filter((device) => device.is_busy).map(({ unit }) => unit);
  const cutDays = devices.reduce((sum, { days }) => sum + days.length, 0);
  const listed = cutDays > MOST_UNUSUAL ? null : devices.flatMap(cutsOfDevice);
  const cuts = listed !== null && listed.length > MOST_UNUSUAL ? null : listed;
  const odd = cuts?.length === 0 ? [] : await run.query(oddStatement(around(), cuts), []);
  if (suspects.length > MOST_UNUSUAL || odd.length > MOST_UNUSUAL) return plan;
  const stretches =
    suspects.length === 0 && odd.length === 0
      ? []
      : await run.query(stretchStatement(around(), odd, suspects), []);
  if (stretches.length > MOST_UNUSUAL) return plan;
  return { ...plan, unusual: { fromMs, toMs, cuts, stretches } };
}

function oddStatement(around: PartsAround, cuts: UnusualDevices['cuts']) {
  return statement<DeviceQuarter>(
    'session.odd_quarters',
    oddQuartersSql(around, cuts, MOST_UNUSUAL + 1),
    around.parameters.values(),
  );
}

function stretchStatement(
  around: PartsAround,
  odd: readonly DeviceQuarter[],
  suspects: readonly string[],
) {
  return statement<Stretch>(
    'session.stretches',
    stretchesSql(around, odd, suspects),
    around.parameters.values(),
  );
}
