import { isUtf8 } from 'node:buffer';
import type {
  LetterContent as Content,
  DeadLetterFilter,
  DeadLetterState,
  DeadLetter as Letter,
  LetterScope,
} from '../../dead-letter/dead-letter.js';
import type { LetterPage } from '../../dead-letter/dead-letter-statement.js';
import type { LetterSelection, LettersFound } from '../../dead-letter/find-letters.js';
import { AppError } from '../../errors.js';
import { resolveRange } from '../../metric/time-range.js';
import { decodeCursor, encodeCursor } from '../connection/cursor.js';
import { encodeNodeId } from '../connection/node-id.js';
import type { PageInfo } from '../connection/page-info.type.js';
import type { GatewayContext } from '../context.js';
import { checkLimit, type GatewayLimits, pageSize } from '../limits.js';
import { timeRange } from '../metric/metric-question.js';
import type { DeadLetterFilterInput, DeadLetterSelectionInput } from './dead-letter.input.js';
import type { DeadLetterEdge, LetterBytes, LetterContent } from './dead-letter.type.js';

/** Letters of a page whose size was left out. */
const DEFAULT_LETTERS = 50;

/** Whose letters an operation is about, and the zone in which its dates are read. */
export interface AskedScope extends LetterScope {
  readonly timeZone: string;
}

/**
 * The letters an operation may see: those of one project, or those without a project, which belong
 * to the installation.
 *
 * @throws AppError as `GatewayContext.askIn`, for the scope admin.
 */
export async function letterScope(
  { askIn, requireScope, abort }: Pick<GatewayContext, 'askIn' | 'requireScope' | 'abort'>,
  { project, isUnowned }: { readonly project?: string | null; readonly isUnowned: boolean },
): Promise<AskedScope> {
  if (isUnowned) {
    requireScope('admin');
    return { projectId: '', timeZone: 'UTC', signal: abort.signal };
  }
  const asking = await askIn(project, 'admin');
  const { id, timeZone } = asking.project;
  return { projectId: id, timeZone, signal: asking.signal };
}

/** @throws AppError `INVALID_RANGE`. */
export function letterFilter(
  { timeZone }: AskedScope,
  input: DeadLetterFilterInput | null | undefined,
  usualStates?: readonly DeadLetterState[],
): DeadLetterFilter {
  const { reason, source, receivedAt } = input ?? {};
  const states = input?.state ?? usualStates;
  return {
    ...(reason == null ? {} : { reasons: reason }),
    ...(source == null ? {} : { sources: source }),
    ...(receivedAt == null ? {} : { receivedAt: resolveRange(timeRange(receivedAt), timeZone) }),
    ...(states === undefined ? {} : { states }),
  };
}

/** What a cursor belongs to. */
function cursorScope(kind: string, { projectId }: LetterScope, filter: DeadLetterFilter): string {
  const { reasons, sources, states, receivedAt: { fromMs, toMs } = {} } = filter;
  return JSON.stringify([kind, projectId, reasons, sources, states, fromMs, toMs]);
}

/** @throws AppError `INVALID_CURSOR`, `LIMIT_EXCEEDED`, `BAD_USER_INPUT`. */
export function letterPage(
  kind: string,
  scope: LetterScope,
  filter: DeadLetterFilter,
  { first, after }: { readonly first?: number | null; readonly after?: string | null },
  limits: Pick<GatewayLimits, 'maxPageSize'>,
): LetterPage {
  const size = pageSize('first', first, DEFAULT_LETTERS, limits);
  if (size < 1) {
    throw new AppError('BAD_USER_INPUT', `first: expected at least 1, got ${size}`, {
      details: { field: 'first' },
    });
  }
  if (after == null) return { filter, first: size, after: null };
  const [ms = '', deadLetterId = ''] = decodeCursor(cursorScope(kind, scope, filter), after, 2);
  return { filter, first: size, after: { receivedAt: Number(ms), deadLetterId } };
}

/** Where a page stands. */
export function letterPageInfo(
  kind: string,
  scope: LetterScope,
  page: LetterPage,
  ends: { readonly first: Letter | null; readonly last: Letter | null },
  hasMore: boolean,
): PageInfo {
  const cursor = (letter: Letter | null) =>
    letter === null ? null : letterCursor(kind, scope, page.filter, letter);
  return {
    hasNextPage: hasMore,
    hasPreviousPage: page.after !== null,
    startCursor: cursor(ends.first),
    endCursor: cursor(ends.last),
  };
}

function letterCursor(
  kind: string,
  scope: LetterScope,
  filter: DeadLetterFilter,
  { receivedAt, deadLetterId }: Letter,
): string {
  return encodeCursor(cursorScope(kind, scope, filter), [String(receivedAt), deadLetterId]);
}

/** A page as edges of a connection. */
export function letterEdges(
  kind: string,
  scope: LetterScope,
  { filter }: LetterPage,
  { letters }: LettersFound,
): DeadLetterEdge[] {
  return letters.map((letter) => ({
    cursor: letterCursor(kind, scope, filter, letter),
    node: letterNode(letter),
  }));
}

/**
 * What a mutation is about.
 *
 * @throws AppError `BAD_USER_INPUT` unless exactly one of `ids` and `filter` is given, and as
 *   `letterPage`.
 */
export function letterSelection(
  kind: string,
  scope: AskedScope,
  input: DeadLetterSelectionInput,
  limits: Pick<GatewayLimits, 'maxPageSize'>,
): LetterSelection {
  const { ids, filter } = input;
  if ((ids == null) === (filter == null)) {
    throw new AppError('BAD_USER_INPUT', 'ids: expected either `ids` or `filter`', {
      details: { field: 'ids' },
    });
  }
  if (ids != null) {
    checkLimit('ids', ids.length, limits.maxPageSize);
    return { ids };
  }
  return { page: letterPage(kind, scope, letterFilter(scope, filter, ['open']), input, limits) };
}

/** A letter as the API shows it. */
export function letterNode(letter: Letter) {
  const { projectId, deadLetterId, sourcePartition, sourceOffset, changedAt } = letter;
  return {
    nodeType: 'DeadLetter' as const,
    id: encodeNodeId({ type: 'DeadLetter', projectId, localId: deadLetterId }),
    deadLetterId,
    projectId: textOrNull(projectId),
    reason: letter.reason,
    message: letter.message,
    source: letter.source,
    sourcePartition: sourcePartition < 0 ? null : sourcePartition,
    sourceOffset: sourceOffset < 0 ? null : sourceOffset,
    attempts: letter.attempts,
    receivedAt: new Date(letter.receivedAt).toISOString(),
    state: letter.state,
    changedAt: changedAt === null ? null : new Date(changedAt).toISOString(),
    changedBy: textOrNull(letter.changedBy),
    eventProjectId: textOrNull(letter.eventProjectId),
    eventIds: [...letter.eventIds],
  };
}

/** An input as the API shows it. */
export function contentNode({ key, value, headers }: Content): LetterContent {
  return {
    key: key === null ? null : bytesNode(key),
    value: bytesNode(value),
    headers: Object.entries(headers)
      .map(([name, bytes]) => ({ name, value: bytesNode(bytes) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function bytesNode(bytes: Buffer): LetterBytes {
  return {
    text: isUtf8(bytes) ? bytes.toString('utf8') : null,
    base64: bytes.toString('base64'),
    size: bytes.length,
  };
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}
