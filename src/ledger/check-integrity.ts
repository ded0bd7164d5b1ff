import { AppError } from '../errors.js';
import type { PartitionPosition } from '../event-log/event-log.js';
import { pause } from '../event-log/wake-up.js';
import { derivedTables } from './derived-table.js';
import type { Finding, Integrity, PartitionFigures, TableFigures } from './integrity-query.js';
import {
  type BronzeRow,
  bronzeStatement,
  daysStatement,
  ledgerStatement,
  lettersStatement,
  type Span,
  silverStatement,
  spansStatement,
} from './integrity-statements.js';
import { judgePartition, type PartitionEvidence } from './judge-partition.js';
import { type DayRange, dayText, type LedgerPorts } from './ledger-ports.js';
import { verifyTable } from './verify-table.js';

export interface CheckIntegrityOptions {
  readonly ports: LedgerPorts;
  /** UTC days of append; without bounds the last seven days. */
  readonly range: DayRange;
  readonly signal: AbortSignal;
}

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 7;
/** Bronze and the ledger of batches are kept for 90 days; the oldest may be dropped at any moment. */
const KEPT_DAYS = 88;
/** Ids that one statement compares; it holds them in memory. */
const IDS_AT_ONCE = 500_000;
const MOST_FINDINGS = 1_000;
/** Longest wait for parked messages to be stored as dead letters, ms. */
const LETTERS_MS = 10_000;
const POLL_MS = 50;

/**
 * Adds up what became of every record that was appended on the days of the range and confirmed, per
 * topic and partition, and compares the tables with each other:
 *
 * - every offset is covered by one batch of the ledger;
 * - records = accepted + forwarded + refused;
 * - rows of bronze = accepted;
 * - rows of silver = accepted − copies within a batch − copies of known events;
 * - stored dead letters = refused;
 * - per project and UTC day, the sums of each additive rollup = events of silver.
 *
 * It may be asked while ingestion goes on: only confirmed batches are looked at, dead letters that
 * are still on their way are waited for, and rollups are compared as {@link verifyTable} does.
 *
 * @throws AppError `INVALID_RANGE` for days whose ledger is not kept any more.
 */
export async function checkIntegrity({
  ports,
  range,
  signal,
}: CheckIntegrityOptions): Promise<Integrity> {
  const { warehouse, database, topics } = ports;
  const days = resolveDays(range, ports.clock());
  const allTopics = [topics.web, topics.app, ...topics.foreign, topics.deadLetters];
  const positions = await ports.eventLog.positions(ports.group, allTopics);
  const confirmed = positions.flatMap(({ topic, partition, begin, committed }): readonly Span[] =>
    committed === null || committed <= 0n || committed < begin
      ? []
      : [{ topic, partition, first: 0, last: Number(committed) - 1 }],
  );
  const ask = async <Row>(asked: Parameters<typeof warehouse.query<Row>>[0]) =>
    (await warehouse.query<Row>(asked, { signal })).rows;

  // The clock of the log may be a little ahead.
  const until = days.isOpenEnded ? '2299-12-31' : days.last;
  const spans = await ask(spansStatement(database, { first: days.first, last: until }, confirmed));
  const ledger = await ask(ledgerStatement(database, spans));
  const [occurred] = await ask(daysStatement(database, spans));
  const bronze = await bronzeRows(occurred?.rows ?? 0);
  const silver = await ask(silverStatement(database, spans));
  const expectedLetters = ledger.reduce((sum, { refused }) => sum + refused, 0);
  const letters = await storedLetters(expectedLetters);

  const at = <Row extends { topic: string; partition: number }>(
    rows: readonly Row[],
    { topic, partition }: PartitionPosition,
  ): Row | undefined => rows.find((row) => row.topic === topic && row.partition === partition);
  const evidence = positions.map(
    (position): PartitionEvidence => ({
      position,
      span: at(spans, position),
      ledger: at(ledger, position),
      bronze: at(bronze, position),
      silverRows: at(silver, position)?.rows ?? 0,
      letters: at(letters, position)?.rows ?? 0,
      holdsEvents: position.topic === topics.web || position.topic === topics.app,
      isLetters: position.topic === topics.deadLetters,
      isForeign: topics.foreign.includes(position.topic),
      // Up to now everything confirmed has to be in the ledger.
      isOpenEnded: days.isOpenEnded,
    }),
  );
  const judged = evidence.map(judgePartition);
  const gold = await goldFigures(occurred?.days ?? []);
  const findings = [...judged.flatMap((one) => one.findings), ...gold.findings];
  return {
    firstDay: days.first,
    lastDay: days.last,
    isBalanced: findings.length === 0,
    partitions: judged.map(({ figures }): PartitionFigures => figures),
    tables: gold.tables,
    findings: findings.slice(0, MOST_FINDINGS),
    findingCount: findings.length,
  };

  async function bronzeRows(rows: number): Promise<readonly BronzeRow[]> {
    const parts = Math.max(Math.ceil(rows / IDS_AT_ONCE), 1);
    const sums = new Map<string, BronzeRow>();
    for (let part = 0; part < parts; part += 1) {
      for (const row of await ask(bronzeStatement(database, spans, { part, parts }))) {
        const key = `${row.topic}/${row.partition}`;
        const sum = sums.get(key);
        sums.set(key, sum === undefined ? row : added(sum, row));
      }
    }
    return [...sums.values()];
  }

  /** What is parked reaches its table through a topic of its own: wait for what is still there. */
  async function storedLetters(expected: number) {
    const deadline = ports.clock() + LETTERS_MS;
    for (;;) {
      const before = await ports.eventLog.positions(ports.group, [topics.deadLetters]);
      const rows = await ask(lettersStatement(database, spans));
      const found = rows.reduce((sum, row) => sum + row.rows, 0);
      const isDrained = before.every(({ committed, begin, end }) => (committed ?? begin) >= end);
      if (found >= expected || isDrained) return rows;
      if (ports.clock() > deadline) {
        throw new AppError(
          'CONFLICT',
          `${topics.deadLetters}: refused messages have been waiting to be stored for ${LETTERS_MS} ms; see that an ingester of group ${ports.group} gets on, then run this again`,
          { isRetryable: true },
        );
      }
      await pause(POLL_MS, signal);
      signal.throwIfAborted();
    }
  }

  async function goldFigures(
    occurredDays: readonly string[],
  ): Promise<{ readonly tables: readonly TableFigures[]; readonly findings: readonly Finding[] }> {
    const tables: TableFigures[] = [];
    const findings: Finding[] = [];
    for (const table of await derivedTables(ports)) {
      const isAdditive =
        table.values.length > 0 && table.values.every(({ merge }) => merge === 'sum');
      if (!isAdditive || table.timeColumn === null) continue;
      const everything = { firstDay: null, lastDay: null };
      const { differences, differenceCount } =
        occurredDays.length === 0
          ? { differences: [], differenceCount: 0 }
          : await verifyTable({
              ports,
              table,
              range: everything,
              days: occurredDays,
              isByDay: true,
              signal,
            });
      tables.push({ table: table.name, dayCount: occurredDays.length, differenceCount });
      findings.push(
        ...differences.map(
          ({ projectId, day, expected, found }): Finding => ({
            kind: 'GOLD',
            expected,
            found,
            message: `${table.name} has ${found} for project ${projectId} on ${day}, silver gives ${expected}: verify the table, and rebuild it for that day`,
            topic: null,
            partition: null,
            table: table.name,
            projectId,
            day,
          }),
        ),
      );
    }
    return { tables, findings };
  }
}

function added(a: BronzeRow, b: BronzeRow): BronzeRow {
  return {
    ...a,
    rows: a.rows + b.rows,
    repeats: a.repeats + b.repeats,
    winners: a.winners + b.winners,
    known: a.known + b.known,
    conflicting: a.conflicting + b.conflicting,
  };
}

function resolveDays({ firstDay, lastDay }: DayRange, now: number) {
  const today = Math.floor(now / DAY_MS);
  const last = lastDay ?? today;
  const first = firstDay ?? Math.min(last, today) - DEFAULT_DAYS + 1;
  if (last < first || first < today - KEPT_DAYS) {
    throw new AppError(
      'INVALID_RANGE',
      `range: expected days from ${dayText(today - KEPT_DAYS)} on, for as long as bronze and its ledger are kept, got ${dayText(first)} to ${dayText(last)}`,
      { details: { field: 'range', retentionInDays: KEPT_DAYS } },
    );
  }
  return { first: dayText(first), last: dayText(last), isOpenEnded: last >= today };
}
