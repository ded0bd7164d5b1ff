import type { FunnelOrder } from './funnel-query.js';

/**
 * What the fold must know of a funnel question; everything else is decided in the statement.
 * Times are integer milliseconds, steps are counted from 1, bit k−1 of a step mask is step k, and
 * bit i of an exclusion mask is `exclusions[i]`.
 */
export interface FunnelRules {
  /** 1 to 20. */
  readonly stepCount: number;
  readonly order: FunnelOrder;
  /** Milliseconds from the first step of a chain to each later one, inclusive. */
  readonly windowMs: number;
  readonly exclusions: readonly { readonly fromStep: number; readonly toStep: number }[];
}

/**
 * Events of many actors in parallel lists; the events of one actor are a run of them in time
 * order, for strict funnels in canonical order. An event without any bit stands for an event that
 * matches nothing; only strict funnels look at such.
 */
export interface FunnelEvents {
  readonly times: Float64Array;
  readonly stepMasks: Int32Array;
  readonly exclusionMasks: Int32Array;
}

/**
 * Finds the chain of one actor after the other (METRICS-SPEC §7). Kept between actors so that no
 * memory is taken per actor.
 */
export interface FunnelFold {
  /**
   * Depth that the actor reached with the events `[start, end)`: 0 when no chain opened or when an
   * exclusion removed the actor.
   */
  foldActor(events: FunnelEvents, start: number, end: number): number;
  /** Times of the steps of the chain found last: entry k−1 is step k, up to the depth. */
  readonly stepTimes: Float64Array;
}

/** Number of bits set. */
export function bitCount(mask: number): number {
  let rest = mask;
  let count = 0;
  while (rest !== 0) {
    rest &= rest - 1;
    count += 1;
  }
  return count;
}
