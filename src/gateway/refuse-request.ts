import type { FastifyReply } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { AppError } from '../errors.js';
import { httpStatusOf, toGraphQLError } from './gateway-errors.js';
import { MAX_BODY_BYTES } from './limits.js';

/** Answers a request that never became an operation, in the shape of a GraphQL response. */
export function sendRefusal(
  reply: FastifyReply,
  error: unknown,
  formatError: (error: unknown) => GraphQLFormattedError,
): FastifyReply {
  const refusal = refusalOf(error);
  return refusal === null
    ? reply.code(500).send({ errors: [formatError(error)] })
    : reply.code(httpStatusOf(refusal)).send({ errors: [formatError(toGraphQLError(refusal))] });
}

/** Fastify's refusals of a request, by its codes, as errors of this API; null for anything else. */
export function refusalOf(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  switch ((error as { code?: unknown } | null)?.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AppError('PAYLOAD_TOO_LARGE', `body: expected at most ${MAX_BODY_BYTES} bytes`, {
        details: { limit: 'bodyBytes', maximum: MAX_BODY_BYTES },
      });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AppError('UNSUPPORTED_MEDIA_TYPE', 'content-type: expected application/json');
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new AppError('MALFORMED_BODY', 'body: expected a JSON object');
    default:
      return error instanceof SyntaxError
        ? new AppError('MALFORMED_BODY', 'body: expected a JSON object', { cause: error })
        : null;
  }
}
