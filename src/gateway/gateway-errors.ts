import { randomUUID } from 'node:crypto';
import type { ValidationError } from 'class-validator';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ArgumentValidationError } from 'type-graphql';
import { AppError, isAppError } from '../errors.js';
import type { Telemetry } from '../telemetry.js';

/** Codes that GraphQL itself and Apollo Server give; they keep their meaning. */
const PROTOCOL_CODES: ReadonlySet<string> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
]);

/** HTTP status of a response that holds nothing but this refusal. */
const HTTP_STATUS: Readonly<Partial<Record<AppError['code'], number>>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  WAREHOUSE_UNAVAILABLE: 503,
  RATE_LIMITED: 429,
  COST_EXCEEDED: 429,
};

/** An {@link AppError} as a GraphQL error, for refusals before an operation runs. */
export function toGraphQLError(error: AppError): GraphQLError {
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: { code: error.code, http: { status: httpStatusOf(error) } },
  });
}

/** The HTTP status of a request refused as a whole with this error. */
export function httpStatusOf(error: AppError): number {
  return HTTP_STATUS[error.code] ?? 400;
}

/**
 * Makes the one function that turns whatever an operation threw into what a client may see:
 * the code and details of an {@link AppError}; the codes of GraphQL for documents and variables
 * that do not fit; for everything else `INTERNAL` with a correlation id, under which the log has
 * the cause. Used by HTTP, WebSocket and SSE alike.
 */
export function createErrorFormatter(
  telemetry: Pick<Telemetry, 'log'>,
): (error: unknown) => GraphQLFormattedError {
  return (error) => {
    const cause = rootOf(error);
    if (isAppError(cause)) {
      if (cause.code === 'INTERNAL') return internal(telemetry, error, cause);
      return located(error, cause.message, {
        code: cause.code,
        ...(cause.isRetryable ? { isRetryable: true } : {}),
        ...cause.details,
      });
    }
    if (cause instanceof ArgumentValidationError) {
      const fields = fieldProblems(
        cause.extensions.validationErrors as readonly ValidationError[],
        '',
      );
      const message = fields.map(({ field, problem }) => `${field}: ${problem}`).join('; ');
      return located(error, message, { code: 'BAD_USER_INPUT', fields });
    }
    if (cause instanceof GraphQLError) {
      const code = protocolCodeOf(error) ?? protocolCodeOf(cause);
      if (code !== null) return located(error, cause.message, { code });
      // Outside of any field, graphql-js complains about the document or the variables.
      if (error instanceof GraphQLError && error.path === undefined) {
        return located(error, cause.message, { code: 'BAD_USER_INPUT' });
      }
    }
    return internal(telemetry, error, cause);
  };
}

/** The code under which a client sees an error, for whoever counts; nothing is logged. */
export function errorCodeOf(error: unknown): string {
  const cause = rootOf(error);
  if (isAppError(cause)) return cause.code;
  if (cause instanceof ArgumentValidationError) return 'BAD_USER_INPUT';
  const code = protocolCodeOf(error) ?? protocolCodeOf(cause);
  if (code !== null) return code;
  const isOfDocument = error instanceof GraphQLError && error.path === undefined;
  return cause instanceof GraphQLError && isOfDocument ? 'BAD_USER_INPUT' : 'INTERNAL';
}

/** Follows `originalError`, which each layer of GraphQL wraps anew, to the first thrown value. */
function rootOf(error: unknown): unknown {
  let current = error;
  while (
    current instanceof GraphQLError &&
    !(current instanceof ArgumentValidationError) &&
    current.originalError !== undefined
  ) {
    current = current.originalError;
  }
  return current;
}

function protocolCodeOf(error: unknown): string | null {
  const code = error instanceof GraphQLError ? error.extensions.code : undefined;
  return typeof code === 'string' && PROTOCOL_CODES.has(code) ? code : null;
}

function internal(
  telemetry: Pick<Telemetry, 'log'>,
  error: unknown,
  cause: unknown,
): GraphQLFormattedError {
  const correlationId = randomUUID();
  telemetry.log.error({ err: cause, correlationId }, 'a question failed unexpectedly');
  return located(error, 'The answer could not be made; the log has the cause.', {
    code: 'INTERNAL',
    correlationId,
  });
}

function located(
  error: unknown,
  message: string,
  extensions: Readonly<Record<string, unknown>>,
): GraphQLFormattedError {
  const { locations, path } = error instanceof GraphQLError ? error : {};
  return {
    message,
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
    extensions: { ...extensions },
  };
}

interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}

/** Flattens nested validation errors to dotted field names (`steps.0.event`). */
function fieldProblems(
  errors: readonly ValidationError[],
  prefix: string,
): readonly FieldProblem[] {
  return errors.flatMap((error) => {
    const field = `${prefix}${error.property}`;
    const own = Object.values(error.constraints ?? {}).map((problem) => ({ field, problem }));
    return [...own, ...fieldProblems(error.children ?? [], `${field}.`)];
  });
}
