import { AppError } from '../errors.js';
import {
  filterOf,
  type LetterListFlags,
  type LetterSelectionFlags,
  listOf,
  patchOf,
  type ReplayFlags,
} from './dead-letter-flags.js';
import type { ServerSession } from './server-session.js';

interface LetterRow {
  readonly deadLetterId: string;
  readonly projectId: string | null;
  readonly reason: string;
  readonly message: string;
  readonly source: string;
  readonly sourcePartition: number | null;
  readonly sourceOffset: number | null;
  readonly attempts: number;
  readonly receivedAt: string;
  readonly state: string;
  readonly changedAt: string | null;
  readonly changedBy: string | null;
  readonly eventProjectId: string | null;
  readonly eventIds: readonly string[];
}

interface Bytes {
  readonly text: string | null;
  readonly base64: string;
  readonly size: number;
}

interface Content {
  readonly key: Bytes | null;
  readonly value: Bytes;
  readonly headers: readonly { readonly name: string; readonly value: Bytes }[];
}

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

interface Treated {
  readonly letter: LetterRow;
  readonly outcome: string;
}

interface Payload {
  readonly results: readonly Treated[] | null;
  readonly pageInfo: PageInfo | null;
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

const FIELDS =
  'deadLetterId projectId reason message source sourcePartition sourceOffset attempts receivedAt state changedAt changedBy eventProjectId eventIds';
const BYTES = 'text base64 size';
/** Letters asked for at once; installations may allow fewer. */
const PAGE = 100;

/** Prints letters, the newest first, and how many there are in all. */
export async function listDeadLetters(
  session: ServerSession,
  flags: LetterListFlags,
): Promise<void> {
  const limit = Number(flags.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new AppError('BAD_USER_INPUT', `--limit: expected a whole number, got ${flags.limit}`);
  }
  const states = flags.state === 'any' ? {} : { state: listOf(flags.state.toUpperCase()) };
  let shown = 0;
  let total = 0;
  for (let after: string | null = null; ; ) {
    const answer: { deadLetters: LetterPage } = await session.ask(
      `query SluiceDeadLetters($project: ID, $isUnowned: Boolean!, $filter: DeadLetterFilterInput, $first: Int, $after: String) {
         deadLetters(project: $project, isUnowned: $isUnowned, filter: $filter, first: $first, after: $after) {
           totalCount edges { node { ${FIELDS} } } pageInfo { hasNextPage endCursor }
         }
       }`,
      {
        project: flags.project,
        isUnowned: flags.unowned,
        filter: { ...filterOf(flags), ...states },
        first: Math.min(PAGE, limit - shown),
        after,
      },
    );
    const { edges, pageInfo, totalCount }: LetterPage = answer.deadLetters;
    for (const { node } of edges) print(flags.json ? JSON.stringify(node) : lineOf(node));
    shown += edges.length;
    total = totalCount;
    after = pageInfo.endCursor;
    if (!pageInfo.hasNextPage || shown >= limit) break;
  }
  if (!flags.json)
    print(shown === total ? `${lettersText(total)}` : `${shown} of ${lettersText(total)}`);
}

interface LetterPage {
  readonly totalCount: number;
  readonly edges: readonly { readonly node: LetterRow }[];
  readonly pageInfo: PageInfo;
}

/** Prints one letter with its headers and bytes: text as it is, anything else as base64. */
export async function showDeadLetter(
  session: ServerSession,
  id: string,
  { project, unowned, json }: Pick<LetterSelectionFlags, 'project' | 'unowned' | 'json'>,
): Promise<void> {
  const { deadLetter } = await session.ask<{
    deadLetter: (LetterRow & { readonly content: Content | null }) | null;
  }>(
    `query SluiceDeadLetter($id: ID!, $project: ID, $isUnowned: Boolean!) {
       deadLetter(id: $id, project: $project, isUnowned: $isUnowned) {
         ${FIELDS}
         content { key { ${BYTES} } value { ${BYTES} } headers { name value { ${BYTES} } } }
       }
     }`,
    { id, project, isUnowned: unowned },
  );
  if (deadLetter === null) {
    const owner = unowned ? 'without a project' : `in project ${project}`;
    throw new AppError('NOT_FOUND', `there is no dead letter ${id} ${owner}`);
  }
  if (json) {
    print(JSON.stringify(deadLetter, null, 2));
    return;
  }
  const { content, eventIds, ...fields } = deadLetter;
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null) print(`${name.padEnd(16)} ${value}`);
  }
  if (eventIds.length > 0) print(`${'eventIds'.padEnd(16)} ${eventIds.join(' ')}`);
  if (content === null) return;
  if (content.key !== null) print(`${'key'.padEnd(16)} ${shownBytes(content.key)}`);
  for (const { name, value } of content.headers) {
    print(`${'header'.padEnd(16)} ${name}: ${shownBytes(value)}`);
  }
  const { value } = content;
  print(`${'value'.padEnd(16)} ${value.size} bytes${value.text === null ? ', base64' : ''}`);
  print(value.text ?? value.base64);
}

/**
 * Tries letters again and prints what came of each.
 *
 * @throws AppError when a letter is refused again (dry run: would be), after all were tried.
 */
export async function replayDeadLetters(
  session: ServerSession,
  ids: readonly string[],
  flags: ReplayFlags,
): Promise<void> {
  const input = {
    ...(flags.patch === undefined ? {} : { patch: patchOf(flags.patch) }),
    ...(flags.assign === undefined ? {} : { assignProjectId: flags.assign }),
    isDryRun: flags.dryRun,
  };
  const counts = await treat(
    session,
    'replayDeadLetters',
    ids,
    flags,
    input,
    ({ letter, outcome }) =>
      outcome === 'ACCEPTED'
        ? `${letter.eventProjectId} ${letter.eventIds.join(' ')}`
        : outcome === 'REFUSED'
          ? `${letter.reason} ${letter.message}`
          : `by ${letter.changedBy} at ${letter.changedAt}`,
  );
  const refused = counts.get('REFUSED') ?? 0;
  if (refused > 0) {
    const what = flags.dryRun ? 'would be refused again' : 'refused again';
    throw new Error(`${lettersText(refused)} ${what}`);
  }
}

/** Marks letters as not worth a replay and prints what came of each. */
export async function dropDeadLetters(
  session: ServerSession,
  ids: readonly string[],
  flags: LetterSelectionFlags,
): Promise<void> {
  await treat(session, 'dropDeadLetters', ids, flags, {}, ({ letter }) => letter.reason);
}

/** Asks for a mutation page by page. @returns How many letters came to each outcome. */
async function treat(
  session: ServerSession,
  mutation: 'replayDeadLetters' | 'dropDeadLetters',
  ids: readonly string[],
  flags: LetterSelectionFlags,
  more: Readonly<Record<string, unknown>>,
  detail: (treated: Treated) => string,
): Promise<ReadonlyMap<string, number>> {
  const filter = filterOf(flags);
  if (ids.length > 0 && Object.keys(filter).length > 0) {
    throw new AppError('BAD_USER_INPUT', 'expected either ids or filters, got both');
  }
  if (ids.length === 0 && Object.keys(filter).length === 0 && flags.all !== true) {
    throw new AppError('BAD_USER_INPUT', 'expected ids, a filter, or --all for every open letter');
  }
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}`;
  const counts = new Map<string, number>();
  const ask = async (selection: Readonly<Record<string, unknown>>): Promise<PageInfo> => {
    const answer = await session.ask<Readonly<Record<string, Payload>>>(
      `mutation Sluice${type}($input: ${type}Input!) {
         ${mutation}(input: $input) {
           results { outcome letter { ${FIELDS} } }
           pageInfo { hasNextPage endCursor } userErrors { code message }
         }
       }`,
      {
        input: { projectId: flags.project, isUnowned: flags.unowned, ...more, ...selection },
      },
    );
    const { results, pageInfo, userErrors } = answer[mutation] ?? {
      results: null,
      pageInfo: null,
      userErrors: [],
    };
    const problem = userErrors[0];
    if (problem !== undefined || results === null || pageInfo === null) {
      throw new Error(`${problem?.code ?? 'INTERNAL'}: ${problem?.message ?? 'no answer'}`);
    }
    for (const treated of results) {
      const { letter, outcome } = treated;
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      print(
        flags.json
          ? JSON.stringify({ outcome, ...letter })
          : [letter.deadLetterId, outcome.toLowerCase(), detail(treated)].join('\t'),
      );
    }
    return pageInfo;
  };
  if (ids.length > 0) {
    for (let at = 0; at < ids.length; at += PAGE) await ask({ ids: ids.slice(at, at + PAGE) });
  } else {
    for (let after: string | null = null; ; ) {
      const { hasNextPage, endCursor }: PageInfo = await ask({ filter, first: PAGE, after });
      if (!hasNextPage) break;
      after = endCursor;
    }
  }
  if (!flags.json) {
    const parts = [...counts].map(([outcome, count]) => `${count} ${outcome.toLowerCase()}`);
    print(parts.length === 0 ? 'no letter fits' : parts.join(', '));
  }
  return counts;
}

function lettersText(count: number): string {
  return `${count} ${count === 1 ? 'letter' : 'letters'}`;
}

function lineOf(letter: LetterRow): string {
  const { deadLetterId, receivedAt, state, reason, source, attempts, message } = letter;
  return [deadLetterId, receivedAt, state.toLowerCase(), reason, source, attempts, message].join(
    '\t',
  );
}

function shownBytes({ text, base64 }: Bytes): string {
  return text ?? `base64 ${base64}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
