import { LEAST_PART_TIMEOUT_SECONDS } from '../session/session-parts.js';
import {
  type CutQuarter,
  type Stretch,
  stretchesSql,
  suspectsSql,
  type UnusualDevices,
} from '../session/unusual-devices.js';
import { statement } from '../warehouse/statement.js';
import type { AnswerRun } from './answer.js';
import { type Plan, statementScope } from './event-source.js';

/** More stretches than this, and events answer instead of parts of sessions. */
const MOST_STRETCHES = 1_000;

/** More quarter hours than this that a cold start cuts, and statements look for them themselves. */
const MOST_CUTS = 1_000;

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
  const first = around();
  const found = await run.query(
    statement<CutQuarter>(
      'session.suspects',
      suspectsSql(first, MOST_CUTS + 1),
      first.parameters.values(),
    ),
    [],
  );
  const suspects = found.filter(({ start }) => start < 0).map(({ unit }) => unit);
  const some = found.filter(({ start }) => start >= 0);
  const cuts: UnusualDevices['cuts'] = some.length > MOST_CUTS ? null : some;
  if (found.length === 0) return { ...plan, unusual: { fromMs, toMs, cuts, stretches: [] } };
  if (suspects.length > MOST_STRETCHES) return plan;
  const second = around();
  const stretches = await run.query(
    statement<Stretch>(
      'session.stretches',
      stretchesSql(second, cuts, suspects),
      second.parameters.values(),
    ),
    [],
  );
  if (stretches.length > MOST_STRETCHES) return plan;
  return { ...plan, unusual: { fromMs, toMs, cuts, stretches } };
}
