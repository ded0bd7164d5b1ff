import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../errors.js';
import { createFunnelFold } from './funnel-fold.js';
import type { FunnelResult } from './funnel-query.js';
import type { FunnelEvents, FunnelRules } from './funnel-rules.js';
import { createFunnelSummary, type FunnelSummary } from './funnel-summary.js';
import { type NativeBlock, readNativeBlocks } from './native-block.js';

/** Most values of a breakdown. */
export const MAX_FUNNEL_VALUES = 10_000;

/** Name of a missing value (METRICS-SPEC §1: a funnel breakdown always says so). */
const MISSING_VALUE = '(none)';

/** Events folded before other work of the process gets its turn: about 15 ms. */
const EVENTS_PER_TURN = 250_000;

/** Takes the answers of funnel statements and collects the chains of their actors. */
export interface BlockFold {
  /**
   * Folds a Native result.
   *
   * @param isWanted Whether to fold the actor of this name; asked only where the result names actors.
   * @throws AppError `LIMIT_EXCEEDED` beyond {@link MAX_FUNNEL_VALUES} values; whatever `signal`
   *   aborts with.
   */
  add(bytes: Buffer, isWanted?: (actor: string) => boolean): Promise<void>;
  /** Actors that a strict statement named but left out. */
  readonly tied: ReadonlySet<string>;
  /** The whole funnel of a question without breakdown. */
  result(): FunnelResult;
  /** One funnel per value, largest first, ties bytewise. */
  byValue(): readonly { readonly value: string; readonly result: FunnelResult }[];
}

export function createBlockFold({
  rules,
  maskBits,
  signal,
}: {
  readonly rules: FunnelRules;
  /** Bits of a mask: steps, then exclusions. */
  readonly maskBits: number;
  readonly signal?: AbortSignal;
}): BlockFold {
  const fold = createFunnelFold(rules);
  const summaries = new Map<string, FunnelSummary>();
  const tied = new Set<string>();
  let sinceTurn = 0;

  function summaryOf(value: string): FunnelSummary {
    const known = summaries.get(value);
    if (known !== undefined) return known;
    if (summaries.size >= MAX_FUNNEL_VALUES) {
      throw new AppError(
        'LIMIT_EXCEEDED',
        `a breakdown of a funnel has at most ${MAX_FUNNEL_VALUES} values; filter, or choose a dimension with fewer`,
        { details: { field: 'breakdown', maximum: MAX_FUNNEL_VALUES } },
      );
    }
    const made = createFunnelSummary(rules.stepCount);
    summaries.set(value, made);
    return made;
  }

  async function foldBlock(
    block: NativeBlock,
    isWanted: (actor: string) => boolean,
  ): Promise<void> {
    const { ends, events } = eventsOf(block, rules.stepCount, maskBits);
    const values = block.texts.get('value');
    const actors = block.texts.get('actor');
    const left = block.texts.get('tied');
    let start = 0;
    for (let row = 0; row < block.rowCount; row += 1) {
      const end = ends[row] ?? start;
      const leftOut = left?.[row] ?? '';
      if (leftOut !== '') tied.add(leftOut);
      else if (actors === undefined || isWanted(actors[row] ?? '')) {
        const depth = fold.foldActor(events, start, end);
        if (depth > 0) summaryOf(values?.[row] ?? '').add(depth, fold.stepTimes);
      }
      sinceTurn += end - start + 1;
      start = end;
      if (sinceTurn < EVENTS_PER_TURN) continue;
      sinceTurn = 0;
      await nextTurn();
      signal?.throwIfAborted();
    }
  }

  return {
    tied,
    async add(bytes, isWanted = () => true) {
      for (const block of readNativeBlocks(bytes)) await foldBlock(block, isWanted);
    },
    result: () => (summaries.get('') ?? createFunnelSummary(rules.stepCount)).result(),
    byValue() {
      const merged = [...summaries].map(([value, summary]) => ({
        value: value === '' ? MISSING_VALUE : value,
        result: summary.result(),
      }));
      return merged.sort(
        (a, b) =>
          (b.result.counts[0] ?? 0) - (a.result.counts[0] ?? 0) ||
          Buffer.compare(Buffer.from(a.value), Buffer.from(b.value)),
      );
    },
  };
}

/** The lists of a block, from packed numbers (time × 2^bits + masks) or from times and masks. */
function eventsOf(
  block: NativeBlock,
  stepCount: number,
  maskBits: number,
): { readonly ends: Float64Array; readonly events: FunnelEvents } {
  const packed = block.arrays.get('packed');
  const column = packed ?? block.arrays.get('times');
  const masks = packed ?? block.arrays.get('masks');
  if (column === undefined || masks === undefined) {
    throw new AppError('INTERNAL', 'expected the columns packed, or times and masks, of a funnel');
  }
  const count = column.values.length;
  const scale = 2 ** maskBits;
  const stepScale = 2 ** stepCount;
  // Packed numbers are unpacked in place.
  const times = column.values;
  const stepMasks = new Int32Array(count);
  const exclusionMasks = new Int32Array(count);
  for (let i = 0; i < count; i += 1) {
    const number = masks.values[i] ?? 0;
    let mask = number;
    if (packed !== undefined) {
      const time = Math.floor(number / scale);
      mask = number - time * scale;
      times[i] = time;
    }
    const excluded = Math.floor(mask / stepScale);
    exclusionMasks[i] = excluded;
    stepMasks[i] = mask - excluded * stepScale;
  }
  return { ends: column.ends, events: { times, stepMasks, exclusionMasks } };
}
