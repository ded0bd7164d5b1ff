import type { MetricContext } from '../metric/metric.js';
import { type ResolvedRange, resolveRange } from '../metric/time-range.js';
import { type BlockFold, createBlockFold } from './fold-blocks.js';
import { funnelRowsStatement, funnelTables } from './funnel-events.js';
import type { FunnelAnswer, FunnelQuestion } from './funnel-query.js';
import type { FunnelRules } from './funnel-rules.js';
import { type FunnelStatementInput, funnelStatement } from './funnel-statement.js';
import { validateFunnel } from './validate-funnel.js';

/** Tries of the fast way of a strict funnel while people are being merged under it. */
const STRICT_TRIES = 2;

/**
 * Answers a funnel question (METRICS-SPEC §7). The engine sends one sorted array per actor, which a
 * fold reads here.
 *
 * The filter decides which events take part at all, so for strict funnels an event against the
 * filter lies between no steps.
 *
 * @throws AppError `INVALID_FUNNEL`, `INVALID_EXCLUSION`, `INVALID_RANGE`, `INVALID_TIME_ZONE`,
 *   `INVALID_DIMENSION` or `BAD_USER_INPUT` for a wrong question, `LIMIT_EXCEEDED` for a breakdown
 *   of too many values, and the errors of the warehouse.
 */
export async function computeFunnel(
  context: MetricContext,
  question: FunnelQuestion,
): Promise<FunnelAnswer> {
  validateFunnel(question);
  const range = resolveRange(question.range, question.timeZone);
  const asOf = new Date(context.clock()).toISOString();
  const run = startRun(context, question, range);
  const fold =
    question.order === 'strict' && question.breakdown?.attribution !== 'all_events'
      ? await foldStrict(run)
      : await run.foldAll();
  const isBroken = question.breakdown !== undefined;
  return {
    result: isBroken ? null : fold.result(),
    byValue: isBroken ? fold.byValue() : null,
    meta: { source: [...funnelTables(question)].sort(), exact: true, asOf, ...run.cost() },
  };
}

type StrictPart = NonNullable<FunnelStatementInput['strictPart']>;

interface FunnelRun {
  /** Folds one statement, into `into` or a fold of its own. */
  fold(
    strictPart?: StrictPart,
    into?: BlockFold,
    isWanted?: (actor: string) => boolean,
  ): Promise<BlockFold>;
  foldAll(): Promise<BlockFold>;
  cost(): { readonly rowsRead: number; readonly elapsedMs: number };
}

function startRun(
  context: MetricContext,
  question: FunnelQuestion,
  range: ResolvedRange,
): FunnelRun {
  const options = context.signal === undefined ? {} : { signal: context.signal };
  const rules: FunnelRules = {
    stepCount: question.steps.length,
    order: question.order,
    // Times are whole milliseconds; the margin takes up the rounding of, say, 1.001 × 1000.
    windowMs: Math.floor(question.windowSeconds * 1000 + 1e-6),
    exclusions: question.exclusions,
  };
  let elapsedMs = 0;
  let rowsRead = 0;

  /** Bytes carry no statistics; the index tells the rows while the statement runs. */
  async function countRows(): Promise<void> {
    const answer = await context.warehouse.query(
      funnelRowsStatement(context, question, range),
      options,
    );
    for (const { rows } of answer.rows) rowsRead += rows;
  }

  const run: FunnelRun = {
    async fold(strictPart, into, isWanted) {
      const built = funnelStatement({
        context,
        question,
        range,
        ...(strictPart === undefined ? {} : { strictPart }),
      });
      const startedAt = performance.now();
      const [bytes] = await Promise.all([
        context.warehouse.queryBytes(built.statement, 'Native', options),
        countRows(),
      ]);
      elapsedMs += performance.now() - startedAt;
      const fold = into ?? createBlockFold({ rules, maskBits: built.maskBits, ...options });
      await fold.add(bytes, isWanted);
      return fold;
    },
    foldAll: () => run.fold('all'),
    cost: () => ({ rowsRead, elapsedMs }),
  };
  return run;
}

/**
 * Strict funnels need the order of event ids only where an actor has different events in one
 * instant. Such actors are few; a second statement sorts them alone. Each actor is counted by
 * exactly one of the two: who was named by the first and is missing from the second (merged into
 * another person in between) makes both start again, finally with one statement for everybody.
 */
async function foldStrict(run: FunnelRun): Promise<BlockFold> {
  for (let tries = 0; tries < STRICT_TRIES; tries += 1) {
    const fold = await run.fold('untied');
    if (fold.tied.size === 0) return fold;
    const missing = new Set(fold.tied);
    await run.fold('tied', fold, (actor) => missing.delete(actor));
    if (missing.size === 0) return fold;
  }
  return run.foldAll();
}
