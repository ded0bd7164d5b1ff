import { type Parameter, type Statement, statement } from '../warehouse/statement.js';
import type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterState,
  LetterContent,
  LetterPosition,
} from './dead-letter.js';

/**
 * One row per letter of the condition, with its state in force; the returns of replayed letters are
 * no letters of their own. Every letter is in exactly one state, so that refused = open + replayed +
 * dropped.
 *
 * @param condition On `project_id` and `dead_letter_id`, which both tables are sorted by.
 */
export function lettersSql(database: string, condition: string): string {
  return `SELECT l.project_id AS project_id, l.dead_letter_id AS dead_letter_id,
  if(s.state = '', l.reason, s.reason) AS reason, if(s.state = '', l.message, s.message) AS message,
  l.source AS source, l.source_partition AS source_partition, l.source_offset AS source_offset,
  if(s.state = '', l.attempts, s.attempts) AS attempts, l.received_at AS received_at,
  l.appended_at AS appended_at, if(s.state = '', 'open', s.state) AS state,
  s.generation AS generation, s.changed_at AS changed_at, s.changed_by AS changed_by,
  s.event_project_id AS event_project_id, s.event_ids AS event_ids
FROM (
  SELECT project_id, dead_letter_id, reason, message, source, source_partition, source_offset,
    attempts, received_at, appended_at
  FROM ${database}.bronze_dead_letters FINAL
  WHERE ${condition}
) AS l
LEFT JOIN (
  SELECT project_id, dead_letter_id, generation, toString(state) AS state, attempts, reason,
    message, changed_at, changed_by, event_project_id, event_ids
  FROM ${database}.control_dead_letters FINAL
  WHERE ${condition}
) AS s ON s.project_id = l.project_id AND s.dead_letter_id = l.dead_letter_id
WHERE s.state != 'returned'`;
}

/** A letter as the warehouse answers it. */
export interface LetterRow {
  readonly project_id: string;
  readonly dead_letter_id: string;
  readonly reason: string;
  readonly message: string;
  readonly source: string;
  readonly source_partition: number;
  readonly source_offset: number;
  readonly attempts: number;
  readonly received_ms: number;
  readonly appended_ms: number;
  readonly state: DeadLetterState;
  readonly generation: number;
  readonly changed_ms: number;
  readonly changed_by: string;
  readonly event_project_id: string;
  readonly event_ids: readonly string[];
}

const COLUMNS = `project_id, dead_letter_id, reason, message, source, source_partition, source_offset,
  attempts, toUnixTimestamp64Milli(received_at) AS received_ms,
  toUnixTimestamp64Milli(appended_at) AS appended_ms, state, generation,
  toUnixTimestamp64Milli(changed_at) AS changed_ms, changed_by, event_project_id, event_ids`;

/** Which part of a list is read. */
export interface LetterPage {
  readonly filter: DeadLetterFilter;
  /** Most letters, at least 1. */
  readonly first: number;
  /** Only letters behind this one. */
  readonly after: LetterPosition | null;
}

/**
 * The letters of a page and one more, if there is one.
 *
 * @param order By the moment of receipt, ties by id: `newest` first to be looked at, `oldest` first
 *   to be replayed, since of differing copies the one appended first counts.
 */
export function selectLetters(
  database: string,
  projectId: string,
  { filter, first, after }: LetterPage,
  order: 'newest' | 'oldest',
): Statement<LetterRow> {
  const { sql, params } = filterSql(filter);
  const [sign, direction] = order === 'newest' ? ['<', 'DESC'] : ['>', 'ASC'];
  const behind =
    after === null
      ? ''
      : ` AND (received_at, dead_letter_id) ${sign} (fromUnixTimestamp64Milli({after_ms:Int64}, 'UTC'), {after_id:String})`;
  return statement(
    'dead_letter.page',
    `SELECT ${COLUMNS}
FROM (${lettersSql(database, 'project_id = {project:String}')})
WHERE ${sql}${behind}
ORDER BY received_at ${direction}, dead_letter_id ${direction}
LIMIT {limit:UInt32}`,
    {
      ...params,
      project: projectId,
      limit: first + 1,
      ...(after === null ? {} : { after_ms: after.receivedAt, after_id: after.deadLetterId }),
    },
  );
}

/** The letters with these ids, in any order. */
export function selectLettersById(
  database: string,
  projectId: string,
  ids: readonly string[],
): Statement<LetterRow> {
  return statement('dead_letter.by_id', `SELECT ${COLUMNS} FROM (${lettersSql(database, BY_ID)})`, {
    project: projectId,
    ids,
  });
}

export function countLetters(
  database: string,
  projectId: string,
  filter: DeadLetterFilter,
): Statement<{ readonly letters: number }> {
  const { sql, params } = filterSql(filter);
  return statement(
    'dead_letter.count',
    `SELECT count() AS letters
FROM (${lettersSql(database, 'project_id = {project:String}')})
WHERE ${sql}`,
    { ...params, project: projectId },
  );
}

/** Bytes are base64, which text formats of the warehouse can carry. */
export interface ContentRow {
  readonly dead_letter_id: string;
  readonly key: string | null;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The inputs of these letters, in any order. */
export function selectContents(
  database: string,
  projectId: string,
  ids: readonly string[],
): Statement<ContentRow> {
  return statement(
    'dead_letter.contents',
    `SELECT dead_letter_id, base64Encode(l.key) AS key, base64Encode(l.value) AS value,
  mapApply((name, bytes) -> (name, base64Encode(bytes)), l.headers) AS headers
FROM ${database}.bronze_dead_letters AS l FINAL
WHERE ${BY_ID}`,
    { project: projectId, ids },
  );
}

/** How large the inputs of these letters are, bytes. */
export function selectSizes(
  database: string,
  projectId: string,
  ids: readonly string[],
): Statement<{ readonly dead_letter_id: string; readonly bytes: number }> {
  return statement(
    'dead_letter.sizes',
    `SELECT dead_letter_id, length(value) AS bytes FROM ${database}.bronze_dead_letters FINAL WHERE ${BY_ID}`,
    { project: projectId, ids },
  );
}

const BY_ID = 'project_id = {project:String} AND dead_letter_id IN {ids:Array(String)}';

function filterSql({ reasons, sources, receivedAt, states }: DeadLetterFilter): {
  readonly sql: string;
  readonly params: Readonly<Record<string, Parameter>>;
} {
  const tests = [
    'true',
    ...(reasons === undefined ? [] : ['reason IN {reasons:Array(String)}']),
    ...(sources === undefined ? [] : ['source IN {sources:Array(String)}']),
    ...(states === undefined ? [] : ['state IN {states:Array(String)}']),
    ...(receivedAt === undefined
      ? []
      : [
          "received_at >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')",
          "received_at < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')",
        ]),
  ];
  return {
    sql: tests.join(' AND '),
    params: {
      ...(reasons === undefined ? {} : { reasons }),
      ...(sources === undefined ? {} : { sources }),
      ...(states === undefined ? {} : { states }),
      ...(receivedAt === undefined ? {} : { from_ms: receivedAt.fromMs, to_ms: receivedAt.toMs }),
    },
  };
}

/** A letter of a row. */
export function toLetter(row: LetterRow): DeadLetter {
  return {
    deadLetterId: row.dead_letter_id,
    projectId: row.project_id,
    reason: row.reason,
    message: row.message,
    source: row.source,
    sourcePartition: row.source_partition,
    sourceOffset: row.source_offset,
    attempts: row.attempts,
    receivedAt: row.received_ms,
    appendedAt: row.appended_ms,
    state: row.state,
    generation: row.generation,
    // A letter nobody touched has no row to join: the engine fills in the first moment of time.
    changedAt: row.changed_ms === 0 ? null : row.changed_ms,
    changedBy: row.changed_by,
    eventProjectId: row.event_project_id,
    eventIds: row.event_ids,
  };
}

/** An input of a row. */
export function toContent({ key, value, headers }: ContentRow): LetterContent {
  return {
    key: key === null ? null : Buffer.from(key, 'base64'),
    value: Buffer.from(value, 'base64'),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [name, Buffer.from(text, 'base64')]),
    ),
  };
}
