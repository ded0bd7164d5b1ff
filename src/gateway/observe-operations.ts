import type { ApolloServerPlugin } from '@apollo/server';
import type { RouteHandlerMethod } from 'fastify';
import { type ExecutionResult, getOperationAST } from 'graphql';
import type { Telemetry } from '../telemetry.js';
import { inSpan } from '../trace/in-span.js';
import type { Span, Tracing } from '../trace/tracing.js';
import type { GatewayContext } from './context.js';
import { errorCodeOf } from './gateway-errors.js';
import type { GatewayMetrics } from './gateway-metrics.js';
import { kindOf, type Operations, type ReadyOperation } from './operation.js';
import { oneResult, type Results } from './results.js';

export interface OperationObserver {
  readonly metrics: Pick<GatewayMetrics, 'operation' | 'error'>;
  readonly tracing: Tracing | undefined;
  readonly log: Pick<Telemetry['log'], 'debug'>;
}

/** An operation that has ended, or whose subscription has begun. */
interface Ended {
  readonly kind: string;
  readonly name: string | null;
  readonly startedAt: number;
  readonly context: Pick<GatewayContext, 'tally'>;
  /** Of the first error; null: there is none. */
  readonly code: string | null;
}

/**
 * The same operations, each of which is measured, told in the log at level `debug`, and a span where
 * there is tracing. Ticks of a subscription belong to no request: they are traces of their own,
 * linked to its start.
 */
export function observeOperations(operations: Operations, observer: OperationObserver): Operations {
  const { tracing } = observer;
  return {
    ...operations,
    run(operation) {
      const kind = kindOf(operation) ?? 'query';
      const name = nameOf(operation);
      const startedAt = performance.now();
      const ended = (code: string | null): void =>
        tell(observer, { kind, name, startedAt, context, code });
      // A shared subscription gives its context up.
      const context = operation.contextValue;
      return inSpan(tracing, titleOf(kind, name), {}, async (span) => {
        span?.note(attributesOf(kind, name));
        const results = await operations.run(operation);
        if (kind === 'subscription') {
          ended(null);
          return span === null || tracing === undefined ? results : behind(results, span, tracing);
        }
        const { value } = await results.next();
        const code = failureOf(value ?? undefined);
        if (code !== null) span?.fail(code);
        ended(code);
        return value === undefined ? results : oneResult(value);
      });
    },
  };
}

/** The same for operations that Apollo Server runs; goes with {@link spanned}. */
export function observeApollo(observer: OperationObserver): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      const startedAt = performance.now();
      return {
        async didResolveOperation({ operation, operationName }) {
          const { operation: kind = 'query' } = operation ?? {};
          const span = observer.tracing?.current();
          span?.rename(titleOf(kind, operationName));
          span?.note(attributesOf(kind, operationName));
        },
        async willSendResponse({ operation, operationName = null, errors, contextValue }) {
          const code = failureOf({ ...(errors === undefined ? {} : { errors }) });
          if (code !== null) observer.tracing?.current()?.fail(code);
          if (operation === undefined) return;
          const { operation: kind } = operation;
          tell(observer, { kind, name: operationName, startedAt, context: contextValue, code });
        },
      };
    },
  };
}

/** The handler of an operation, in a span that is called by the operation once it is known. */
export function spanned(
  handler: RouteHandlerMethod,
  tracing: Tracing | undefined,
): RouteHandlerMethod {
  if (tracing === undefined) return handler;
  return function (request, reply) {
    return inSpan(tracing, 'operation', {}, async () => handler.call(this, request, reply));
  };
}

function tell({ metrics, log }: OperationObserver, ended: Ended): void {
  const { kind, name, code, context } = ended;
  const { rowsRead } = context.tally;
  const seconds = (performance.now() - ended.startedAt) / 1000;
  metrics.operation({ kind, name, outcome: code === null ? 'ok' : 'failed', seconds, rowsRead });
  log.debug({ kind, operation: name, seconds, rowsRead, code }, 'an operation was answered');
}

/** Results that are made behind a span that has ended, instead of within whatever awaits them. */
function behind(results: Results, start: Span, tracing: Tracing): Results {
  const own: Results = {
    next: () => tracing.within(start, () => results.next()),
    return: () => results.return(),
    throw: (error) => results.throw(error),
    [Symbol.asyncIterator]: () => own,
  };
  return own;
}

function nameOf({ document, operationName }: ReadyOperation): string | null {
  return getOperationAST(document, operationName)?.name?.value ?? null;
}

const titleOf = (kind: string, name: string | null): string =>
  name === null ? kind : `${kind} ${name}`;

const attributesOf = (kind: string, name: string | null): Parameters<Span['note']>[0] => ({
  'graphql.operation.type': kind,
  ...(name === null ? {} : { 'graphql.operation.name': name }),
});

function failureOf(result: Pick<ExecutionResult, 'errors'> | undefined): string | null {
  const [first] = result?.errors ?? [];
  return first === undefined ? null : errorCodeOf(first);
}
