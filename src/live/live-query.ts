import type { Platform } from '../event/tracked-event.js';
import type { Condition, EventSelector, Series, TimelineEvent } from '../metric/metric-query.js';

/** What every live question has in common: the events it is about. */
export interface LiveQuestion {
  readonly projectId: string;
  readonly event?: EventSelector;
  /** Left out: both. */
  readonly platform?: Platform;
  /** All hold. */
  readonly filter: readonly Condition[];
  readonly includeBots: boolean;
}

/** A live question about the last seconds before each tick. */
export interface LiveWindowQuestion extends LiveQuestion {
  /** Whole seconds, 1 to 3,600. */
  readonly windowSeconds: number;
  /** Shortest time between two ticks, ms, at least 250. */
  readonly intervalMs: number;
}

/** Events by second, over the window before `asOf`. */
export interface LiveEventRate {
  /** End of the window; all data queryable then is in the tick. ISO 8601, UTC. */
  readonly asOf: string;
  readonly windowSeconds: number;
  /** Unique events of the window. */
  readonly total: number;
  /** Total ÷ seconds of the window. */
  readonly perSecond: number;
  /** One value per second of the window, zero-filled. */
  readonly series: Series;
}

/** People of the window before `asOf`. */
export interface LiveActiveNow {
  readonly asOf: string;
  readonly windowSeconds: number;
  /** Distinct persons with an event in the window. */
  readonly users: number;
}

/** Events in the order in which they arrived. */
export interface LiveEvents {
  readonly events: readonly TimelineEvent[];
  /** Events left out since the batch before, because the reader was slower than they came. */
  readonly dropped: number;
  /** Where to go on behind this batch, in any process; null when that is not known. */
  readonly cursor: string | null;
  /** Whether events between the batch before and this one may be missing, nobody knows how many. */
  readonly isAnew: boolean;
}
