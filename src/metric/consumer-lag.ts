import type { EventLog, PartitionPosition } from '../event-log/event-log.js';
import type { MetricDefinition } from './metric.js';

export const CONSUMER_LAG: MetricDefinition = {
  id: 'consumer_lag',
  title: 'Consumer lag',
  meaning:
    'Records on the event log that the ingesters have not confirmed, over all partitions, with the largest one and the age of the oldest unread record.',
  unit: 'records',
  additivity: 'sum',
  tables: [],
  dimensions: 'none',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/** Where a group stands, as far as the lag depends on it. */
export type LagPosition = Pick<PartitionPosition, 'begin' | 'end' | 'committed'>;

export interface ConsumerLagAnswer {
  readonly total: number;
  /** Largest lag of one partition; null without partitions. */
  readonly max: number | null;
  /** Age of the oldest unread record in seconds; null when none is unread or its age is unknown. */
  readonly oldestUnreadSeconds: number | null;
  /** Parallel lists, by topic and partition. */
  readonly topics: readonly string[];
  readonly partitions: readonly number[];
  readonly lags: readonly number[];
}

/** Unconfirmed records of one partition, never below 0; without a commit all that it has. */
export function lagOf({ begin, end, committed }: LagPosition): number {
  return Math.max(Number(end - (committed ?? begin)), 0);
}

export interface ConsumerLagPorts {
  readonly eventLog: Pick<EventLog, 'positions'>;
  /** Consumer group of the ingesters. */
  readonly group: string;
  /** Every topic that they read. */
  readonly topics: readonly string[];
  /** ms since 1970. */
  readonly clock: () => number;
}

/** The lag of the ingesters now. @throws AppError as `EventLog.positions`. */
export async function computeConsumerLag({
  eventLog,
  group,
  topics,
  clock,
}: ConsumerLagPorts): Promise<ConsumerLagAnswer> {
  const positions = await eventLog.positions(group, topics);
  const oldest = positions.flatMap(({ oldestUnreadAt }) => oldestUnreadAt ?? []);
  const oldestUnreadSeconds =
    oldest.length === 0 ? null : Math.max(clock() - Math.min(...oldest), 0) / 1000;
  return { ...consumerLagOf(positions), oldestUnreadSeconds };
}

/** A position with the partition it is in. */
export type NamedPosition = LagPosition & Pick<PartitionPosition, 'topic' | 'partition'>;

/** The lag of given positions; how old what is unread is, they do not tell. */
export function consumerLagOf(positions: readonly NamedPosition[]): ConsumerLagAnswer {
  const lags = positions.map(lagOf);
  return {
    total: lags.reduce((sum, lag) => sum + lag, 0),
    max: lags.length === 0 ? null : Math.max(...lags),
    oldestUnreadSeconds: null,
    topics: positions.map(({ topic }) => topic),
    partitions: positions.map(({ partition }) => partition),
    lags,
  };
}
