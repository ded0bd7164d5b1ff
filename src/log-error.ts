import { isAppError, messageOf } from './errors.js';

/** An error as the log tells it. */
export interface LoggedError {
  readonly type: string;
  /** Left out where it may quote what was read. */
  readonly message?: string;
  readonly code?: string;
  /** Places in the program, without the message. */
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/** Causes that are followed. */
const MOST_CAUSES = 5;

/** Classes whose messages are about the program or the machine, and quote no input. */
const SPEAKS_OF_PROGRAM: ReadonlySet<string> = new Set([
  'AbortError',
  'ReferenceError',
  'TimeoutError',
  'TypeError',
]);

/**
 * An error without row content. Messages of this program's errors hold none by their contract, and
 * those of system calls name addresses and files. Others may quote what they choked on: the engine's
 * a value, a parser's the text around it. They are told by class, code and place.
 */
export function logError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  const isSpoken =
    isAppError(error) ||
    SPEAKS_OF_PROGRAM.has(error.name) ||
    (typeof code === 'string' && /^E[A-Z]+$/.test(code));
  const places = error.stack?.match(/^ +at .*$/gm)?.join('\n');
  return {
    type: error.name,
    ...(isSpoken ? { message: messageOf(error) } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(places === undefined ? {} : { stack: places }),
    ...(cause === undefined || depth === MOST_CAUSES ? {} : { cause: logError(cause, depth + 1) }),
  };
}
