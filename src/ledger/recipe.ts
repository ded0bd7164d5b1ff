import type { LogCut } from './log-cut.js';
import type { Shadow } from './shadow.js';

/** The partition that is being made. */
export interface PartitionAt {
  readonly shadow: Shadow;
  /** Shadow table, with database. */
  readonly target: string;
  readonly partition: string;
}

/**
 * How the rows of one partition are made. Each step inserts into the shadow table the rows of other
 * batches, so that together they make the whole.
 */
export interface Recipe {
  /** Months there are to make (`202601`); null: the table has one partition. */
  months(): Promise<readonly string[] | null>;
  /** The rows of all batches that were confirmed at the cut, however many. */
  bulk(at: PartitionAt, cut: LogCut): Promise<void>;
  /** The rows of the batches that were confirmed between two cuts. */
  between(at: PartitionAt, from: LogCut, to: LogCut): Promise<void>;
}
