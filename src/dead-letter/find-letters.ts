import { AppError } from '../errors.js';
import type { WarehouseReader } from '../warehouse/warehouse.js';
import type { DeadLetter, DeadLetterFilter, LetterContent, LetterScope } from './dead-letter.js';
import {
  countLetters,
  type LetterPage,
  selectContents,
  selectLetters,
  selectLettersById,
  selectSizes,
  toContent,
  toLetter,
} from './dead-letter-statement.js';
import { REJECT_REASONS } from './reject-reason.js';

/** A page of letters. */
export interface LettersFound {
  readonly letters: readonly DeadLetter[];
  /** Whether the list goes on behind the last of them. */
  readonly hasMore: boolean;
}

/** Reads letters of one scope; those of another are never found. */
export interface Letters {
  page(scope: LetterScope, page: LetterPage, order: 'newest' | 'oldest'): Promise<LettersFound>;
  count(scope: LetterScope, filter: DeadLetterFilter): Promise<number>;
  byId(scope: LetterScope, ids: readonly string[]): Promise<ReadonlyMap<string, DeadLetter>>;
  contents(scope: LetterScope, ids: readonly string[]): Promise<ReadonlyMap<string, LetterContent>>;
  /** Sizes of the inputs, bytes. */
  sizes(scope: LetterScope, ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** Which letters an act is about: these, or those of a page that fit. */
export type LetterSelection = { readonly ids: readonly string[] } | { readonly page: LetterPage };

/** What came of an act on letters, one entry for each, in the order of the selection. */
export interface LettersTreated<Result> {
  readonly results: readonly Result[];
  /** The last letter of the page; null when no letter fits. */
  readonly last: DeadLetter | null;
  /** Whether more letters fit the filter behind `last`. */
  readonly hasMore: boolean;
}

export interface LettersPorts {
  readonly warehouse: Pick<WarehouseReader, 'query'>;
  readonly database: string;
}

const REASONS: readonly string[] = REJECT_REASONS;

export function readLetters({ warehouse, database }: LettersPorts): Letters {
  return {
    async page({ projectId, signal }, page, order) {
      checkFilter(page.filter);
      const query = selectLetters(database, projectId, page, order);
      const { rows } = await warehouse.query(query, { signal });
      return {
        letters: rows.slice(0, page.first).map(toLetter),
        hasMore: rows.length > page.first,
      };
    },
    async count({ projectId, signal }, filter) {
      checkFilter(filter);
      const { rows } = await warehouse.query(countLetters(database, projectId, filter), { signal });
      return rows[0]?.letters ?? 0;
    },
    async byId({ projectId, signal }, ids) {
      const query = selectLettersById(database, projectId, ids);
      const { rows } = await warehouse.query(query, { signal });
      return new Map(rows.map((row) => [row.dead_letter_id, toLetter(row)]));
    },
    async contents({ projectId, signal }, ids) {
      const query = selectContents(database, projectId, ids);
      const { rows } = await warehouse.query(query, { signal });
      return new Map(rows.map((row) => [row.dead_letter_id, toContent(row)]));
    },
    async sizes({ projectId, signal }, ids) {
      const query = selectSizes(database, projectId, ids);
      const { rows } = await warehouse.query(query, { signal });
      return new Map(rows.map((row) => [row.dead_letter_id, row.bytes]));
    },
  };
}

/**
 * The letters of a selection: in the order of the ids, each once, or the page with the oldest first.
 *
 * @throws AppError `NOT_FOUND` naming the first id without a letter in the scope, `BAD_USER_INPUT`
 *   for an unknown reason.
 */
export async function selectedLetters(
  letters: Pick<Letters, 'page' | 'byId'>,
  scope: LetterScope,
  selection: LetterSelection,
): Promise<LettersFound> {
  if ('page' in selection) return letters.page(scope, selection.page, 'oldest');
  const ids = [...new Set(selection.ids)];
  const found = await letters.byId(scope, ids);
  return {
    letters: ids.map((id) => {
      const letter = found.get(id);
      if (letter !== undefined) return letter;
      const owner = scope.projectId === '' ? 'without a project' : `of project ${scope.projectId}`;
      throw new AppError('NOT_FOUND', `ids: there is no dead letter ${id.slice(0, 250)} ${owner}`, {
        details: { field: 'ids' },
      });
    }),
    hasMore: false,
  };
}

/** @throws AppError `BAD_USER_INPUT`: a misspelt reason would fit no letter and look like none. */
function checkFilter({ reasons = [] }: DeadLetterFilter): void {
  const unknown = reasons.find((reason) => !REASONS.includes(reason));
  if (unknown === undefined) return;
  throw new AppError(
    'BAD_USER_INPUT',
    `filter.reason: expected one of ${REASONS.join(', ')}; got ${JSON.stringify(unknown.slice(0, 80))}`,
    { details: { field: 'filter.reason', allowed: REASONS } },
  );
}
