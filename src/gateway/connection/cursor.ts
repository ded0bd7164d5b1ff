import { createHash } from 'node:crypto';
import { AppError } from '../../errors.js';

/**
 * Cursors are opaque to clients: the position (`parts`) and a fingerprint of the question that
 * made them, so that a cursor of another list is refused instead of answering something else.
 * They grant nothing: a list is always read in the project of the caller.
 */
export function encodeCursor(question: string, parts: readonly string[]): string {
  return Buffer.from(JSON.stringify([fingerprint(question), ...parts])).toString('base64url');
}

/**
 * Reads a cursor made by {@link encodeCursor} for the same question.
 *
 * @param count How many parts the position has.
 * @throws AppError `INVALID_CURSOR` when it was made elsewhere, for another list, or by nobody.
 */
export function decodeCursor(question: string, cursor: string, count: number): readonly string[] {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (cause) {
    throw invalid('it cannot be read', cause);
  }
  if (!Array.isArray(content) || !content.every((part) => typeof part === 'string')) {
    throw invalid('it cannot be read');
  }
  const [made, ...parts] = content as string[];
  if (made !== fingerprint(question)) throw invalid('it belongs to another list');
  if (parts.length !== count) throw invalid('it cannot be read');
  return parts;
}

function fingerprint(question: string): string {
  return createHash('sha256').update(question).digest('base64url').slice(0, 11);
}

function invalid(reason: string, cause?: unknown): AppError {
  return new AppError(
    'INVALID_CURSOR',
    `after: expected a cursor from an earlier page of this list; ${reason}`,
    { cause, details: { field: 'after' } },
  );
}
