/** Figures of one topic partition over a stretch of offsets. Counts are of records unless said. */
export interface PartitionFigures {
  readonly topic: string;
  readonly partition: number;
  /** First offset that the log still has. */
  readonly beginOffset: number;
  /** Offset that the next record will get. */
  readonly endOffset: number;
  /** Next offset that the group reads; null: it has never confirmed anything. */
  readonly committedOffset: number | null;
  /** Appended and not confirmed. */
  readonly unreadCount: number;
  /** First and last offset that the figures below tell of; null: nothing was confirmed in the range. */
  readonly firstOffset: number | null;
  readonly lastOffset: number | null;
  /** As the ledger of batches has it. */
  readonly batchCount: number;
  readonly recordCount: number;
  readonly acceptedCount: number;
  readonly forwardedCount: number;
  readonly refusedCount: number;
  /** Rows of bronze. */
  readonly bronzeCount: number;
  /** Copies of an event of the same batch, and of one known from another batch. */
  readonly repeatCount: number;
  readonly knownCount: number;
  /** Copies whose content differs from the one that counts. */
  readonly conflictingCount: number;
  /** Rows of silver that come from these records. */
  readonly silverCount: number;
  /** Dead letters stored of these records. */
  readonly deadLetterCount: number;
}

/** One table of gold against silver, over the days on which the events of the range occurred. */
export interface TableFigures {
  readonly table: string;
  /** Days that were compared. */
  readonly dayCount: number;
  /** Projects and days whose sum differs. */
  readonly differenceCount: number;
}

/** What does not balance. */
export type FindingKind =
  /** Offsets that no batch of the ledger covers, though later ones are confirmed. */
  | 'OFFSETS_MISSING'
  /** Offsets that two batches of the ledger cover. */
  | 'OFFSETS_TWICE'
  /** Records ≠ accepted + forwarded + refused. */
  | 'OUTCOMES'
  /** Rows of bronze ≠ accepted. */
  | 'BRONZE'
  /** Events of bronze that are in the memory of known ids under no batch. */
  | 'KNOWN_IDS'
  /** Rows of silver ≠ accepted − duplicates. */
  | 'SILVER'
  /** Stored dead letters ≠ refused. */
  | 'DEAD_LETTERS'
  /** Sum of a rollup ≠ events of silver. */
  | 'GOLD';

export interface Finding {
  readonly kind: FindingKind;
  readonly expected: string;
  readonly found: string;
  /** What it means, with everything that names the place. */
  readonly message: string;
  readonly topic: string | null;
  readonly partition: number | null;
  readonly table: string | null;
  readonly projectId: string | null;
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string | null;
}

/** The answer of {@link checkIntegrity}. */
export interface Integrity {
  /** UTC days of append that were looked at, both inclusive, `YYYY-MM-DD`. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** True without findings. */
  readonly isBalanced: boolean;
  readonly partitions: readonly PartitionFigures[];
  readonly tables: readonly TableFigures[];
  /** At most 1,000; {@link findingCount} counts all. */
  readonly findings: readonly Finding[];
  readonly findingCount: number;
}
