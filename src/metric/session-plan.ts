import { LEAST_PART_TIMEOUT_SECONDS } from '../session/session-parts.js';
import {
  cutsOfDay,
  type DeviceQuarter,
  oddQuartersSql,
  type PartsAround,
  type Stretch,
  stretchesSql,
  type UnusualDay,
  type UnusualDevices,
  unusualDaysSql,
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
  const days = around();
  const unusual = await run.query(
    statement<UnusualDay>(
      'session.unusual_days',
      unusualDaysSql(days, MOST_UNUSUAL + 1),
      days.parameters.values(),
    ),
    [],
  );
  const suspects = [...new Set(unusual.filter((day) => day.is_busy).map(({ unit }) => unit))];
  const listed = unusual.flatMap(cutsOfDay);
  const cuts: UnusualDevices['cuts'] = listed.length > MOST_UNUSUAL ? null : listed;
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
