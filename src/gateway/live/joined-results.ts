import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import { AppError } from '../../errors.js';
import type { Delivery, LiveMember } from '../../live/live-member.js';
import { toGraphQLError } from '../gateway-errors.js';
import { formatResult, type Results } from '../results.js';

export interface JoinedResultsInput {
  /** Counts the subscription. @returns Counts it off. @throws AppError when there are too many. */
  readonly take: () => () => void;
  /** Joins the shared question; null when there is none. @throws AppError. */
  readonly join: (member: LiveMember) => (() => void) | null;
  /** Runs the operation for itself. */
  readonly run: () => Promise<Results>;
  /** Sends a result of the shared question. */
  readonly send: (text: string, delivery: Delivery | null) => void;
  /** The same, and resolves when it has left. */
  readonly sendInTurn: (delivery: Delivery) => Promise<void>;
  readonly formatError: (error: unknown) => GraphQLFormattedError;
}

/**
 * The results of a subscription for its transport. Those of a shared question are sent as they
 * come, past the iteration, which then only tells the end; those of an operation of its own are
 * iterated. A refusal is the one and only result.
 */
export async function joinedResults(input: JoinedResultsInput): Promise<Results> {
  let release = (): void => undefined;
  try {
    release = input.take();
    const shared = joined(input, release);
    if (shared !== null) return shared;
    return released(await input.run(), release);
  } catch (error) {
    release();
    if (error instanceof AppError) return released(refusal(error), release);
    throw error;
  }
}

function joined({ join, send, sendInTurn, formatError }: JoinedResultsInput, release: () => void) {
  const done = { done: true, value: undefined } as const;
  let onEnd = (): void => undefined;
  const ended = new Promise<typeof done>((resolve) => {
    onEnd = () => resolve(done);
  });
  let leave = (): void => undefined;
  const end = (): void => {
    leave();
    release();
    onEnd();
  };
  const left = join({
    next: (delivery) => send(delivery.text, delivery),
    nextInTurn: sendInTurn,
    end(last) {
      if (last !== null) send(last, null);
      end();
    },
    fail(error) {
      const result = { errors: [toGraphQLError(error)] };
      send(JSON.stringify(formatResult(result, formatError)), null);
      end();
    },
  });
  if (left === null) return null;
  leave = left;
  const results: Results = {
    next: () => ended,
    async return() {
      end();
      return done;
    },
    async throw(error) {
      end();
      throw error;
    },
    [Symbol.asyncIterator]: () => results,
  };
  return results;
}

/** The same results, counted off when they have ended or nobody reads them any more. */
function released(source: Results, release: () => void): Results {
  const results: Results = {
    async next() {
      const step = await source.next();
      if (step.done === true) release();
      return step;
    },
    return() {
      release();
      return source.return();
    },
    throw(error) {
      release();
      return source.throw(error);
    },
    [Symbol.asyncIterator]: () => results,
  };
  return results;
}

async function* refusal(error: AppError): AsyncGenerator<ExecutionResult, void, undefined> {
  yield { errors: [toGraphQLError(error)] };
}
