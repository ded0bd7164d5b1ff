import { AppError, type ErrorCode, messageOf } from '../../errors.js';

/**
 * ClickHouse error codes that pass by themselves or by waiting
 * (https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp).
 */
const OVERLOADED: ReadonlySet<string> = new Set([
  '202', // TOO_MANY_SIMULTANEOUS_QUERIES
  '236', // ABORTED
  '241', // MEMORY_LIMIT_EXCEEDED
  '242', // TABLE_IS_READ_ONLY
  '243', // NOT_ENOUGH_SPACE
  '252', // TOO_MANY_PARTS
  '285', // TOO_FEW_LIVE_REPLICAS
  '286', // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
  '319', // UNKNOWN_STATUS_OF_INSERT
  '394', // QUERY_WAS_CANCELLED
  '439', // CANNOT_SCHEDULE_TASK
  '999', // KEEPER_EXCEPTION
]);

const TIMEOUTS: ReadonlySet<string> = new Set([
  '159', // TIMEOUT_EXCEEDED
  '160', // TOO_SLOW
  '209', // SOCKET_TIMEOUT
]);

/** Limits of the statement itself: it would go beyond them again. */
const LIMITS: ReadonlySet<string> = new Set([
  '158', // TOO_MANY_ROWS
  '307', // TOO_MANY_BYTES
]);

const NETWORK: ReadonlySet<string> = new Set([
  '198', // DNS_ERROR
  '210', // NETWORK_ERROR
  '225', // NO_ZOOKEEPER
  '279', // ALL_CONNECTION_TRIES_FAILED
  '425', // SYSTEM_ERROR
]);

/** What an operator wants to know beside the engine's word for it. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  '242':
    ': writes are held for a moment while a table is rebuilt or verified, or it cannot be written',
};

/**
 * Translates what the client throws, by code and type: two copies of the client's base exist, so
 * `instanceof` does not hold. The engine's message may quote row content and is kept as cause only.
 *
 * @param address Where the warehouse is, without a password.
 */
export function warehouseError(error: unknown, statementName: string, address: string): AppError {
  if (error instanceof AppError) return error;
  const { code, type } = (error ?? {}) as { readonly code?: unknown; readonly type?: unknown };
  const engineCode = typeof code === 'string' && /^\d+$/.test(code) ? code : null;
  if (engineCode === null) {
    return new AppError(
      'WAREHOUSE_UNAVAILABLE',
      `the warehouse at ${address} cannot be reached for ${statementName}: ${messageOf(error)}`,
      { cause: error, isRetryable: true, details: { address } },
    );
  }
  const kind: ErrorCode = OVERLOADED.has(engineCode)
    ? 'WAREHOUSE_OVERLOADED'
    : TIMEOUTS.has(engineCode)
      ? 'WAREHOUSE_TIMEOUT'
      : NETWORK.has(engineCode)
        ? 'WAREHOUSE_UNAVAILABLE'
        : LIMITS.has(engineCode)
          ? 'LIMIT_EXCEEDED'
          : 'WAREHOUSE_REFUSED';
  return new AppError(
    kind,
    `the warehouse at ${address} answered ${statementName} with ${String(type ?? 'error')} (${engineCode})${EXPLANATIONS[engineCode] ?? ''}`,
    {
      cause: error,
      isRetryable: kind !== 'WAREHOUSE_REFUSED' && kind !== 'LIMIT_EXCEEDED',
      details: {
        ...(kind === 'LIMIT_EXCEEDED' ? { limit: 'rowsRead' } : {}),
        engineCode: Number(engineCode),
        engineType: String(type ?? ''),
      },
    },
  );
}

/** Whether the other side closed or reset the connection of a request, of what {@link warehouseError} gave. */
export function isConnectionClosed(error: unknown): boolean {
  const { code } = ((error as AppError | null)?.cause ?? {}) as { readonly code?: unknown };
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** The engine's words for a file that cannot be written. */
const UNWRITABLE: ReadonlySet<string> = new Set([
  '75', // CANNOT_WRITE_TO_FILE_DESCRIPTOR
  '243', // NOT_ENOUGH_SPACE
]);

/** The same for a statement whose rows go into a file: a full disk is not the warehouse's fault. */
export function exportError(error: unknown, statementName: string, address: string): AppError {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (typeof code !== 'string' || !(UNWRITABLE.has(code) || ['ENOSPC', 'EDQUOT'].includes(code))) {
    return warehouseError(error, statementName, address);
  }
  return new AppError(
    'DISK_FULL',
    `the file of ${statementName} cannot be written: the disk is full, or refuses it`,
    { cause: error },
  );
}
