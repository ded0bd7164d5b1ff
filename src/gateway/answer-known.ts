import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from './context.js';
import type { Operations } from './operation.js';
import type { OperationRequest } from './operation-request.js';
import { formatResult } from './results.js';

export interface KnownInput {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly operations: Pick<Operations, 'knownQuery' | 'run'>;
  contextOf(request: FastifyRequest, reply: FastifyReply): Promise<GatewayContext>;
  readonly formatError: (error: unknown) => GraphQLFormattedError;
}

/** What is sent as JSON. */
export interface KnownAnswer {
  readonly status: number;
  readonly text: string;
}

/** What clients accept when JSON is what they get; others are negotiated with. */
const PLAIN_ACCEPT: ReadonlySet<string | undefined> = new Set([
  undefined,
  '*/*',
  'application/json',
]);

/**
 * Answers a plain POST of a query whose document was found valid before, as Apollo Server would and
 * several times as fast: its pipeline takes longer than a small question does.
 *
 * @returns Status and text of the answer; null for every other request, also for one without a key
 *   that is in force: the refusals are Apollo Server's.
 */
export async function answerKnown(input: KnownInput): Promise<KnownAnswer | null> {
  const { request, reply, operations, formatError } = input;
  const asked = plainRequest(request);
  const known = asked === null ? null : operations.knownQuery(asked);
  if (known === null) return null;
  let contextValue: GatewayContext;
  try {
    contextValue = await input.contextOf(request, reply);
  } catch {
    // Apollo Server is given the same failure, and tells it.
    return null;
  }
  const { value } = await (await operations.run({ ...known, contextValue })).next();
  const result: ExecutionResult = value ?? {};
  return {
    status: statusOf(result),
    text: `${JSON.stringify(formatResult(result, formatError))}\n`,
  };
}

/** The operation of a request that leaves nothing to decide; null for others. */
function plainRequest({ method, headers, body }: FastifyRequest): OperationRequest | null {
  const isJson = /^application\/json(;|$)/.test(headers['content-type'] ?? '');
  if (method !== 'POST' || !isJson || !PLAIN_ACCEPT.has(headers.accept)) return null;
  const { query, operationName, variables, extensions } = (body ?? {}) as Record<string, unknown>;
  const isNamed = operationName == null || typeof operationName === 'string';
  const hasVariables = typeof variables === 'object' && !Array.isArray(variables);
  if (typeof query !== 'string' || extensions != null || !isNamed) return null;
  if (variables !== undefined && !hasVariables) return null;
  return {
    query,
    operationName: operationName ?? null,
    variables: (variables ?? null) as OperationRequest['variables'],
  };
}

/** Variables that do not fit are an error of the request; an error may say another status itself. */
function statusOf({ data, errors = [] }: ExecutionResult): number {
  const told = errors.map(
    ({ extensions }) => (extensions.http as { status?: number } | undefined)?.status,
  );
  return told.findLast((status) => status !== undefined) ?? (data === undefined ? 400 : 200);
}
