import type { TimelineEvent } from '../metric/metric-query.js';

/** An event as the log holds it, enriched, before it is stored. */
export interface TailedEvent {
  readonly projectId: string;
  readonly isBot: boolean;
  readonly event: TimelineEvent;
  /** When the collector, else the log, took it; ISO 8601, UTC. */
  readonly receivedAt: string;
  /** Values that dimensions and event fields can be tested for besides those of `event`. */
  readonly fields: Readonly<Record<string, string>>;
}
