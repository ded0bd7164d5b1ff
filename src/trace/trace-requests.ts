import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import { readTraceParent } from './trace-parent.js';
import type { Span, Tracing } from './tracing.js';

/**
 * Gives every request to the routes that are added from now on a span, below that of its caller
 * where headers name one. It tells method, route and status: never the address, which holds ids
 * and questions.
 */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  const spans = new WeakMap<FastifyRequest, Span>();

  app.addHook('onRoute', (route) => {
    const { handler, onRequest = [], url } = route;

    const begin: onRequestHookHandler = (request, reply, done) => {
      const { traceparent, tracestate } = request.headers;
      const span = tracing.within(readTraceParent(traceparent, tracestate), () =>
        tracing.begin(`${request.method} ${url}`, {
          kind: 'server',
          attributes: { 'http.request.method': request.method, 'http.route': url },
        }),
      );
      spans.set(request, span);
      reply.raw.once('close', () => {
        const { statusCode, writableFinished } = reply.raw;
        span.note({ 'http.response.status_code': statusCode });
        if (statusCode >= 500) span.fail(String(statusCode));
        else if (!writableFinished) span.note({ 'sluice.is_aborted': true });
        span.end();
      });
      tracing.within(span, done);
    };

    route.onRequest = [begin, ...(Array.isArray(onRequest) ? onRequest : [onRequest])];
    // A body arrives by events of its connection, which knows nothing of the request's span.
    route.handler = function (request, reply) {
      return tracing.within(spans.get(request) ?? null, () => handler.call(this, request, reply));
    };
  });
}
