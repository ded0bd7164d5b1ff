import { readFileSync } from 'node:fs';
import { AppError, messageOf } from '../errors.js';

/** Flags by which letters are picked, as typed. */
export interface LetterSelectionFlags {
  readonly project: string;
  readonly unowned: boolean;
  readonly json: boolean;
  readonly all?: boolean;
  readonly reason?: string;
  readonly source?: string;
  readonly from?: string;
  readonly to?: string;
}

export interface LetterListFlags extends LetterSelectionFlags {
  readonly state: string;
  readonly limit: string;
}

export interface ReplayFlags extends LetterSelectionFlags {
  readonly patch?: string;
  readonly assign?: string;
  readonly dryRun: boolean;
}

/** Local dates that stand for a bound left open; letters are kept for 90 days. */
const [BEGINNING, END] = ['2000-01-01', '2049-12-31'];

/** The filter of the API that the flags ask for; empty without any. */
export function filterOf({
  reason,
  source,
  from,
  to,
}: LetterSelectionFlags): Record<string, unknown> {
  const given = from ?? to;
  // Both bounds are of one kind: dates of ten characters, or instants.
  const open = (date: string) => (given?.length === 10 ? date : `${date}T00:00:00Z`);
  return {
    ...(reason === undefined ? {} : { reason: listOf(reason) }),
    ...(source === undefined ? {} : { source: listOf(source) }),
    ...(given === undefined
      ? {}
      : { receivedAt: { from: from ?? open(BEGINNING), to: to ?? open(END) } }),
  };
}

/** The patch in a flag: JSON, or the file it names. @throws AppError `BAD_USER_INPUT`. */
export function patchOf(flag: string): unknown {
  try {
    const text = flag.startsWith('@') ? readFileSync(flag.slice(1), 'utf8') : flag;
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new AppError(
      'BAD_USER_INPUT',
      `--patch: expected JSON, or @ and a file with JSON: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** The entries of a comma-separated flag. */
export function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
