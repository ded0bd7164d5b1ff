import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Lexer,
  NoSchemaIntrospectionCustomRule,
  parse,
  Source,
  specifiedRules,
  TokenKind,
  validate,
} from 'graphql';
import { AppError } from '../errors.js';
import { asksForSchema, columnSchema, hasFailedColumn } from './column-schema.js';
import type { GatewayContext } from './context.js';
import { toGraphQLError } from './gateway-errors.js';
import {
  checkDocumentLimits,
  checkLimit,
  checkVariableLimits,
  type GatewayLimits,
  MAX_DOCUMENT_LENGTH,
  MAX_NESTING,
} from './limits.js';
import type { OperationRequest } from './operation-request.js';
import { endable, oneResult, type Results } from './results.js';
import {
  NO_TRUSTED_DOCUMENTS,
  requireTrusted,
  type TrustedDocuments,
} from './trusted-documents.js';

/** Documents whose verdict is remembered by text. */
const REMEMBERED_DOCUMENTS = 500;

/** An operation with all that is needed to run it. */
export interface ReadyOperation extends ExecutionArgs {
  readonly contextValue: GatewayContext;
}

/** What stands between a transport and the executor, the same for every transport. */
export interface Operations {
  /**
   * Refuses a document or variables that break a limit, before any other work is done for them.
   *
   * @returns The document, or null when it is no GraphQL: whoever parses it then says where.
   * @throws AppError `LIMIT_EXCEEDED`.
   */
  checkLimits(text: string, variables: unknown): DocumentNode | null;
  /** Checks limits, parses and validates. @returns The operation, or why it is refused. */
  prepare(
    request: OperationRequest,
    context: GatewayContext,
  ): ReadyOperation | readonly GraphQLError[];
  /**
   * Runs a prepared operation. Failures to start, and failures of the source, arrive as the last
   * result. `return()` ends the iteration and aborts the context's signal at once, even while a
   * result is awaited.
   */
  run(operation: ReadyOperation): Promise<Results>;
  /** Notes that a document was found valid by whoever has validated it under the same rules. */
  noteValid(text: string): void;
  /** A query that is known to be valid; null for anything else, and for what must be refused. */
  knownQuery(request: OperationRequest): Omit<ReadyOperation, 'contextValue'> | null;
}

export interface OperationsOptions {
  readonly schema: GraphQLSchema;
  readonly limits: GatewayLimits;
  readonly allowsIntrospection: boolean;
  /** Left out: every document is taken. */
  readonly trusted?: TrustedDocuments;
}

export function createOperations({
  schema,
  limits,
  allowsIntrospection,
  trusted = NO_TRUSTED_DOCUMENTS,
}: OperationsOptions): Operations {
  const remembered = new Map<string, DocumentNode>();
  const executor = createExecutor(schema);
  const validDocuments = new WeakSet<DocumentNode>();
  const rules = allowsIntrospection
    ? specifiedRules
    : [...specifiedRules, NoSchemaIntrospectionCustomRule];

  function checkLimits(text: string, variables: unknown): DocumentNode | null {
    checkVariableLimits(variables);
    requireTrusted(trusted, text);
    const known = remembered.get(text);
    if (known !== undefined) return known;
    checkLimit('documentLength', text.length, MAX_DOCUMENT_LENGTH);
    const document = parseWithin(text, limits.maxTokens);
    if (document instanceof GraphQLError) return null;
    checkDocumentLimits(document, limits);
    const oldest = remembered.keys().next();
    if (remembered.size >= REMEMBERED_DOCUMENTS && oldest.done !== true) {
      remembered.delete(oldest.value);
    }
    remembered.set(text, document);
    return document;
  }

  return {
    checkLimits,

    prepare({ query, operationName, variables }, contextValue) {
      let document: DocumentNode | GraphQLError;
      try {
        document = checkLimits(query, variables) ?? parseWithin(query, limits.maxTokens);
      } catch (error) {
        if (error instanceof AppError) return [toGraphQLError(error)];
        throw error;
      }
      if (document instanceof GraphQLError) return [withCode(document, 'GRAPHQL_PARSE_FAILED')];
      if (!validDocuments.has(document)) {
        const errors = validate(schema, document, rules);
        if (errors.length > 0) {
          return errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'));
        }
        validDocuments.add(document);
      }
      return {
        schema,
        document,
        operationName: operationName ?? null,
        variableValues: variables ?? null,
        contextValue,
      };
    },

    async run(operation) {
      const isSubscription = kindOf(operation) === 'subscription';
      const started = await (isSubscription ? subscribe(operation, executor) : executor(operation));
      return Symbol.asyncIterator in started
        ? endable(started, operation.contextValue.abort)
        : oneResult(started);
    },

    noteValid(text) {
      const document = remembered.get(text);
      if (document !== undefined) validDocuments.add(document);
    },

    knownQuery({ query, operationName, variables }) {
      const document = remembered.get(query);
      if (document === undefined || !validDocuments.has(document)) return null;
      if (getOperationAST(document, operationName)?.operation !== 'query') return null;
      return {
        schema,
        document,
        operationName: operationName ?? null,
        variableValues: variables ?? null,
      };
    },
  };
}

type Execute = (operation: ReadyOperation) => Promise<ExecutionResult>;

/**
 * Executes with columns as leaves where that makes no difference. A column that fails is rare, and
 * which of its items has failed is told by executing the query again, item by item.
 */
function createExecutor(schema: GraphQLSchema): Execute {
  const columns = columnSchema(schema);
  return async (operation) => {
    const { document } = operation;
    if (kindOf(operation) === 'mutation' || asksForSchema(document)) return execute(operation);
    const result = await execute({ ...operation, schema: columns });
    return hasFailedColumn(result) ? execute(operation) : result;
  };
}

/** What kind of operation runs; null when the document has several and none is named. */
export function kindOf({
  document,
  operationName,
}: Pick<ReadyOperation, 'document' | 'operationName'>):
  | 'query'
  | 'mutation'
  | 'subscription'
  | null {
  return getOperationAST(document, operationName)?.operation ?? null;
}

/** Parses, once the tokens are known to be few. @throws AppError `LIMIT_EXCEEDED`. */
function parseWithin(text: string, maxTokens: number): DocumentNode | GraphQLError {
  try {
    scanTokens(text, maxTokens);
    return parse(text);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

const OPENING: ReadonlySet<TokenKind> = new Set([
  TokenKind.BRACE_L,
  TokenKind.PAREN_L,
  TokenKind.BRACKET_L,
]);
const CLOSING: ReadonlySet<TokenKind> = new Set([
  TokenKind.BRACE_R,
  TokenKind.PAREN_R,
  TokenKind.BRACKET_R,
]);

/**
 * Reads a document no further than one token beyond the maximum, before it is parsed.
 *
 * @throws AppError `LIMIT_EXCEEDED` for too many tokens or brackets nested too deep.
 */
function scanTokens(text: string, maxTokens: number): void {
  const lexer = new Lexer(new Source(text));
  let nesting = 0;
  for (let count = 1; ; count += 1) {
    const { kind } = lexer.advance();
    if (kind === TokenKind.EOF) return;
    checkLimit('tokens', count, maxTokens);
    if (OPENING.has(kind)) nesting += 1;
    else if (CLOSING.has(kind)) nesting -= 1;
    checkLimit('nesting', nesting, MAX_NESTING);
  }
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  const { nodes = null, source = null, positions = null } = error;
  return new GraphQLError(error.message, { nodes, source, positions, extensions: { code } });
}

/**
 * Starts a subscription. Each result is executed in a context of its own, so that what one has
 * looked up is not taken for true by the next.
 */
async function subscribe(
  operation: ReadyOperation,
  executor: Execute,
): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult> {
  const source = await createSourceEventStream(operation);
  return Symbol.asyncIterator in source ? resultsOf(operation, source, executor) : source;
}

async function* resultsOf(
  operation: ReadyOperation,
  source: AsyncIterable<unknown>,
  executor: Execute,
): AsyncGenerator<ExecutionResult, void, void> {
  for await (const rootValue of source) {
    const contextValue = operation.contextValue.anew();
    yield await executor({ ...operation, rootValue, contextValue });
  }
}
