/**
 * Every code an {@link AppError} may carry. The union is closed: a new failure gets a new
 * code here, so that clients can switch over it exhaustively.
 */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'INVALID_RANGE'
  | 'INVALID_TIME_ZONE'
  | 'INVALID_DIMENSION'
  | 'INVALID_EXCLUSION'
  | 'INVALID_FUNNEL'
  | 'INVALID_CURSOR'
  | 'INVALID_RESUME_TOKEN'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'LIMIT_EXCEEDED'
  | 'COST_EXCEEDED'
  | 'CONFIG_INVALID'
  | 'DATA_DIR_LOCKED'
  | 'PORT_TAKEN'
  | 'EVENT_LOG_UNAVAILABLE'
  | 'EVENT_LOG_FULL'
  | 'EVENT_LOG_OFFSET_EXPIRED'
  | 'WAREHOUSE_UNAVAILABLE'
  | 'WAREHOUSE_TIMEOUT'
  | 'WAREHOUSE_OVERLOADED'
  | 'WAREHOUSE_REFUSED'
  | 'DISK_FULL'
  | 'MIGRATION_CHANGED'
  | 'CACHE_UNAVAILABLE'
  | 'PUBSUB_UNAVAILABLE'
  | 'REPLAY_GAP'
  | 'SCHEMA_UNKNOWN'
  | 'PAYLOAD_TOO_LARGE'
  | 'MALFORMED_BODY'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'RATE_LIMITED'
  | 'INTERNAL';

export interface AppErrorOptions {
  /** Whether the same call may succeed later without a change by the caller. */
  readonly isRetryable?: boolean;
  /** The error that led here; never dropped when one error is turned into another. */
  readonly cause?: unknown;
  /** Data a client or an operator needs to act: allowed values, limits, addresses. No row content. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The one error type of the project. Adapters translate foreign errors into it once, at their
 * edge, by code; three places turn it into an answer: the collector (HTTP status), the ingester
 * (outcome) and the gateway (`extensions.code`).
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly isRetryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.isRetryable = options.isRetryable ?? false;
    this.details = options.details ?? {};
  }
}

/** Narrows an unknown thrown value to an {@link AppError}, optionally one with the given code. */
export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/** The message of any thrown value, for embedding into another error's message. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map(messageOf).join('; ');
  }
  if (error instanceof Error) {
    const code = (error as { code?: unknown }).code;
    return error.message === '' ? String(code ?? error.name) : error.message;
  }
  return String(error);
}
