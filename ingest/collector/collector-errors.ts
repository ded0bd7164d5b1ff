import { type ErrorCode, isAppError } from '../../src/errors.js';

/** An error as the collector answers it over HTTP. */
export interface ErrorAnswer {
  readonly status: number;
  /** For the header `retry-after`; null when trying again is of no use. */
  readonly retryAfterSeconds: number | null;
  readonly body: {
    readonly error: {
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
    };
  };
}

const STATUS: Partial<Readonly<Record<ErrorCode, number>>> = {
  BAD_USER_INPUT: 400,
  MALFORMED_BODY: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
};
/** How long a client should leave a log alone that is away. */
const UNAVAILABLE_SECONDS = 2;

/**
 * Turns whatever was thrown into an answer. Unknown errors say nothing but the request's id, under
 * which the log has them.
 */
export function answerOf(error: unknown, requestId: string): ErrorAnswer {
  if (isAppError(error)) {
    const { code, message, details } = error;
    const known = STATUS[code];
    const status = known ?? (error.isRetryable ? 503 : 500);
    if (status !== 500) {
      const wait = details.retryAfterSeconds;
      if (status === 503) return unavailable(code);
      return {
        status,
        retryAfterSeconds: typeof wait === 'number' ? wait : null,
        body: { error: { code, message, details } },
      };
    }
  }
  const fromServer = serverRefusal(error);
  if (fromServer !== null) return fromServer;
  return {
    status: 500,
    retryAfterSeconds: null,
    body: {
      error: {
        code: 'INTERNAL',
        message: `The collector failed; its log has the cause under request ${requestId}.`,
        details: { requestId },
      },
    },
  };
}

/** Says nothing about addresses and causes: those are in the log, and anybody may post. */
function unavailable(code: ErrorCode): ErrorAnswer {
  return {
    status: 503,
    retryAfterSeconds: UNAVAILABLE_SECONDS,
    body: {
      error: {
        code,
        message:
          'The events could not be stored just now, or only some of them; send the same events again.',
        details: { retryAfterSeconds: UNAVAILABLE_SECONDS },
      },
    },
  };
}

/** What the HTTP server itself refuses before a handler sees it, by its status. */
function serverRefusal(error: unknown): ErrorAnswer | null {
  const { statusCode, code, message } = error as {
    readonly statusCode?: unknown;
    readonly code?: unknown;
    readonly message?: unknown;
  };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return null;
  if (typeof code !== 'string' || !code.startsWith('FST_')) return null;
  const codes: Readonly<Record<number, ErrorCode>> = {
    413: 'PAYLOAD_TOO_LARGE',
    415: 'UNSUPPORTED_MEDIA_TYPE',
  };
  return {
    status: statusCode,
    retryAfterSeconds: null,
    body: {
      error: {
        code: codes[statusCode] ?? 'BAD_USER_INPUT',
        message: String(message),
        details: {},
      },
    },
  };
}
