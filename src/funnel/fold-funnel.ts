import type { MetricContext } from '../metric/metric.js';
import type { ResolvedRange } from '../metric/time-range.js';
import { type BlockFold, type ChainSink, createBlockFold } from './fold-blocks.js';
import { funnelRowsStatement } from './funnel-events.js';
import type { FunnelQuestion } from './funnel-query.js';
import type { FunnelRules } from './funnel-rules.js';
import { type FunnelStatementInput, funnelStatement } from './funnel-statement.js';

/** Tries of the fast way of a strict funnel while people are being merged under it. */
const STRICT_TRIES = 2;

export interface FoldFunnelInput<Sink extends ChainSink> {
  readonly context: MetricContext;
  readonly question: FunnelQuestion;
  readonly range: ResolvedRange;
  /** Makes what takes the chains; made anew when the fold starts again. */
  createSink(): Sink;
  /** Names the actors to the sink, and sees events alone that were queryable at a moment. */
  readonly actors?: FunnelStatementInput['actors'];
}

export interface FoldedFunnel<Sink> {
  readonly sink: Sink;
  readonly rowsRead: number;
  /** Milliseconds the statements took. */
  readonly elapsedMs: number;
}

/**
 * Finds the chain of every actor of a funnel: the engine sends one sorted array per actor, which a
 * fold reads here.
 *
 * @throws AppError as the sink, the warehouse and the parts of the question do.
 */
export async function foldFunnel<Sink extends ChainSink>(
  input: FoldFunnelInput<Sink>,
): Promise<FoldedFunnel<Sink>> {
  const { question, actors } = input;
  const run = startRun(input);
  const isSplit = question.breakdown?.attribution === 'all_events';
  const fold =
    question.order === 'strict' && !isSplit && actors === undefined
      ? await foldStrict(run)
      : await run.foldAll();
  return { sink: fold.sink, ...run.cost() };
}

type StrictPart = NonNullable<FunnelStatementInput['strictPart']>;

interface FunnelRun<Sink extends ChainSink> {
  /** Folds one statement, into `into` or a fold of its own. */
  fold(
    strictPart?: StrictPart,
    into?: BlockFold<Sink>,
    isWanted?: (actor: string) => boolean,
  ): Promise<BlockFold<Sink>>;
  foldAll(): Promise<BlockFold<Sink>>;
  cost(): { readonly rowsRead: number; readonly elapsedMs: number };
}

function startRun<Sink extends ChainSink>({
  context,
  question,
  range,
  createSink,
  actors,
}: FoldFunnelInput<Sink>): FunnelRun<Sink> {
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

  const run: FunnelRun<Sink> = {
    async fold(strictPart, into, isWanted) {
      const built = funnelStatement({
        context,
        question,
        range,
        ...(strictPart === undefined ? {} : { strictPart }),
        ...(actors === undefined ? {} : { actors }),
      });
      const startedAt = performance.now();
      const [bytes] = await Promise.all([
        context.warehouse.queryBytes(built.statement, 'Native', options),
        countRows(),
      ]);
      elapsedMs += performance.now() - startedAt;
      const fold =
        into ??
        createBlockFold({ rules, maskBits: built.maskBits, sink: createSink(), ...options });
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
async function foldStrict<Sink extends ChainSink>(run: FunnelRun<Sink>): Promise<BlockFold<Sink>> {
  for (let tries = 0; tries < STRICT_TRIES; tries += 1) {
    const fold = await run.fold('untied');
    if (fold.tied.size === 0) return fold;
    const missing = new Set(fold.tied);
    await run.fold('tied', fold, (actor) => missing.delete(actor));
    if (missing.size === 0) return fold;
  }
  return run.foldAll();
}
