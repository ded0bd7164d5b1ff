import {
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
} from 'graphql';

/** One result for a query or a mutation, any number for a subscription. */
export interface Results {
  next(): Promise<IteratorResult<ExecutionResult, void>>;
  return(): Promise<IteratorResult<ExecutionResult, void>>;
  throw(error: unknown): Promise<IteratorResult<ExecutionResult, void>>;
  [Symbol.asyncIterator](): Results;
}

/** A result that is there, as the results of an operation. */
export async function* oneResult(
  result: ExecutionResult,
): AsyncGenerator<ExecutionResult, void, undefined> {
  yield result;
}

/** A result of the executor; wider than its type where absent and undefined are the same. */
interface FinishedResult {
  readonly data?: ExecutionResult['data'] | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
}

/** A result as a client sees it. */
export function formatResult(
  { data, errors }: FinishedResult,
  formatError: (error: unknown) => GraphQLFormattedError,
): FormattedExecutionResult {
  return {
    ...(errors === undefined ? {} : { errors: errors.map(formatError) }),
    ...(data === undefined ? {} : { data }),
  };
}

/**
 * The results of a subscription, so that they can be ended at any moment. The `return()` of an
 * async generator waits for the `next()` under way, and would keep alive what nobody reads.
 */
export function endable(
  source: AsyncGenerator<ExecutionResult, void, void>,
  abort: AbortController,
): Results {
  const done = { done: true, value: undefined } as const;
  let isDone = false;
  let endPending: (() => void) | null = null;

  const end = (): void => {
    if (isDone) return;
    isDone = true;
    abort.abort();
    endPending?.();
    // Whether a source that nobody reads any more ends well has no reader either.
    source.return(undefined).then(undefined, () => undefined);
  };
  const results: Results = {
    next() {
      if (isDone) return Promise.resolve(done);
      return new Promise((resolve) => {
        endPending = () => resolve(done);
        source.next().then(
          (step) => {
            isDone ||= step.done === true;
            resolve(step);
          },
          (error: unknown) => {
            isDone = true;
            abort.abort();
            resolve({ done: false, value: { errors: [asGraphQLError(error)] } });
          },
        );
      });
    },
    return() {
      end();
      return Promise.resolve(done);
    },
    throw(error: unknown) {
      end();
      return Promise.reject(error);
    },
    [Symbol.asyncIterator]: () => results,
  };
  return results;
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
