import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../errors.js';
import { createFunnelFold } from './funnel-fold.js';
import type { FunnelEvents, FunnelRules } from './funnel-rules.js';
import { type NativeBlock, readNativeBlocks } from './native-block.js';

/** Events folded before other work of the process gets its turn: about 15 ms. */
const EVENTS_PER_TURN = 250_000;

/** Takes the chains that a fold finds, actor by actor. */
export interface ChainSink {
  /**
   * @param depth 1 or more. @param times Instants of the steps 1…depth; only valid during the call.
   * @param value Of the breakdown, empty when missing or not asked. @param actor Name of the actor
   *   where the statement gives it, else empty. @param person Likewise the person of a session.
   */
  add(depth: number, times: Float64Array, value: string, actor: string, person: string): void;
}

/** Takes the answers of funnel statements and finds the chains of their actors. */
export interface BlockFold<Sink extends ChainSink> {
  /**
   * Folds a Native result.
   *
   * @param isWanted Whether to fold the actor of this name; asked only where the result names actors.
   * @throws AppError what the sink throws; whatever `signal` aborts with.
   */
  add(bytes: Buffer, isWanted?: (actor: string) => boolean): Promise<void>;
  /** Actors that a strict statement named but left out. */
  readonly tied: ReadonlySet<string>;
  readonly sink: Sink;
}

export function createBlockFold<Sink extends ChainSink>({
  rules,
  maskBits,
  sink,
  signal,
}: {
  readonly rules: FunnelRules;
  /** Bits of a mask: steps, then exclusions. */
  readonly maskBits: number;
  readonly sink: Sink;
  readonly signal?: AbortSignal;
}): BlockFold<Sink> {
  const fold = createFunnelFold(rules);
  const tied = new Set<string>();
  let sinceTurn = 0;

  async function foldBlock(
    block: NativeBlock,
    isWanted: (actor: string) => boolean,
  ): Promise<void> {
    const { ends, events } = eventsOf(block, rules.stepCount, maskBits);
    const values = block.texts.get('value');
    const actors = block.texts.get('actor');
    const persons = block.texts.get('person');
    const left = block.texts.get('tied');
    let start = 0;
    for (let row = 0; row < block.rowCount; row += 1) {
      const end = ends[row] ?? start;
      const leftOut = left?.[row] ?? '';
      if (leftOut !== '') tied.add(leftOut);
      else {
        const actor = actors?.[row] ?? '';
        if (actors === undefined || isWanted(actor)) {
          const depth = fold.foldActor(events, start, end);
          if (depth > 0) {
            sink.add(depth, fold.stepTimes, values?.[row] ?? '', actor, persons?.[row] ?? '');
          }
        }
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
    sink,
    async add(bytes, isWanted = () => true) {
      for (const block of readNativeBlocks(bytes)) await foldBlock(block, isWanted);
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
