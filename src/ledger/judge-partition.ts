import type { PartitionPosition } from '../event-log/event-log.js';
import type { Finding, FindingKind, PartitionFigures } from './integrity-query.js';
import type { BronzeRow, LedgerRow, Span } from './integrity-statements.js';

/** What the tables say of one topic partition. */
export interface PartitionEvidence {
  readonly position: PartitionPosition;
  /** Offsets that the range is about; undefined: none. */
  readonly span: Span | undefined;
  readonly ledger: LedgerRow | undefined;
  readonly bronze: BronzeRow | undefined;
  readonly silverRows: number;
  readonly letters: number;
  /** False for dead letters, and for topics of other producers, whose events are forwarded. */
  readonly holdsEvents: boolean;
  /** The topic of dead letters, which has none of its own. */
  readonly isLetters: boolean;
  /** A topic of other producers, which may leave out offsets. */
  readonly isForeign: boolean;
  /** Whether the range goes up to now. */
  readonly isOpenEnded: boolean;
}

/** Adds up the evidence and says what does not balance. Pure. */
export function judgePartition(evidence: PartitionEvidence): {
  readonly figures: PartitionFigures;
  readonly findings: readonly Finding[];
} {
  const { position, span, ledger, bronze, silverRows, letters } = evidence;
  const { topic, partition } = position;
  const begin = Number(position.begin);
  const end = Number(position.end);
  const committed = position.committed === null ? null : Number(position.committed);
  const figures: PartitionFigures = {
    topic,
    partition,
    beginOffset: begin,
    endOffset: end,
    committedOffset: committed,
    unreadCount: Math.max(end - (committed ?? begin), 0),
    firstOffset: span?.first ?? null,
    lastOffset: span?.last ?? null,
    batchCount: ledger?.batches ?? 0,
    recordCount: ledger?.records ?? 0,
    acceptedCount: ledger?.accepted ?? 0,
    forwardedCount: ledger?.forwarded ?? 0,
    refusedCount: ledger?.refused ?? 0,
    bronzeCount: bronze?.rows ?? 0,
    repeatCount: bronze?.repeats ?? 0,
    knownCount: bronze?.known ?? 0,
    conflictingCount: bronze?.conflicting ?? 0,
    silverCount: silverRows,
    deadLetterCount: letters,
  };
  const findings: Finding[] = [...offsetFindings(evidence)];
  const expect = (kind: FindingKind, expected: number, found: number, message: string): void => {
    if (expected !== found) findings.push(finding(position, kind, expected, found, message));
  };

  const { recordCount, acceptedCount, forwardedCount, refusedCount } = figures;
  expect(
    'OUTCOMES',
    recordCount,
    acceptedCount + forwardedCount + refusedCount,
    'the ledger has other than one outcome for each record',
  );
  if (evidence.holdsEvents) {
    expect('BRONZE', acceptedCount, figures.bronzeCount, 'bronze lacks rows, or has too many');
    const winners = bronze?.winners ?? 0;
    const firsts = figures.bronzeCount - figures.repeatCount - figures.knownCount;
    expect('KNOWN_IDS', firsts, winners, 'events of bronze are missing in silver_event_ids');
    expect('SILVER', firsts, silverRows, 'silver lacks events, or has too many');
  }
  if (!evidence.isLetters)
    expect(
      'DEAD_LETTERS',
      refusedCount,
      letters,
      'refused messages are not stored as dead letters',
    );
  return { figures, findings };
}

function offsetFindings(evidence: PartitionEvidence): readonly Finding[] {
  const { position, span, ledger, isForeign, isOpenEnded } = evidence;
  // Compaction and transactions leave out offsets, and only other producers use them.
  if (isForeign || span === undefined) return [];
  const findings: Finding[] = [];
  const missing = (first: number, last: number): void => {
    if (last < first) return;
    findings.push(
      finding(
        position,
        'OFFSETS_MISSING',
        `${first}-${last}`,
        'none',
        `no batch of the ledger covers offsets ${first} to ${last}: they were never read, or the entry was lost`,
      ),
    );
  };
  if (ledger === undefined) {
    missing(span.first, span.last);
    return findings;
  }
  missing(span.first, ledger.first - 1);
  for (const [before, first] of ledger.breaks) {
    if (first > before) {
      missing(before + 1, first - 1);
      continue;
    }
    findings.push(
      finding(
        position,
        'OFFSETS_TWICE',
        String(before + 1),
        String(first),
        `two batches of the ledger cover offsets ${first} to ${before}: the boundaries of a batch were not repeated`,
      ),
    );
  }
  const lastConfirmed = Number(position.committed ?? 0n) - 1;
  missing(ledger.last + 1, isOpenEnded ? lastConfirmed : span.last);
  return findings;
}

function finding(
  { topic, partition }: PartitionPosition,
  kind: FindingKind,
  expected: number | string,
  found: number | string,
  message: string,
): Finding {
  return {
    kind,
    expected: String(expected),
    found: String(found),
    message: `${topic}/${partition}: ${message} (expected ${expected}, found ${found})`,
    topic,
    partition,
    table: null,
    projectId: null,
    day: null,
  };
}
