import type { TraceParent } from './tracing.js';

const TRACE_PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Longest `tracestate` that is handed on, characters; the specification asks for 512. */
const MOST_STATE = 512;

/**
 * The span that a caller names by `traceparent` and `tracestate`
 * (https://www.w3.org/TR/trace-context/). Null for what is none: then a trace begins here, as the
 * specification asks.
 */
export function readTraceParent(traceparent: unknown, tracestate?: unknown): TraceParent | null {
  const found = typeof traceparent === 'string' ? TRACE_PARENT.exec(traceparent.trim()) : null;
  if (found === null) return null;
  const [, version = '', traceId = '', spanId = '', flags = '', rest] = found;
  // Later versions may say more behind; this one says no more.
  if (version === 'ff' || (version === '00' && rest !== undefined)) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  const state = typeof tracestate === 'string' && tracestate.length <= MOST_STATE ? tracestate : '';
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1, traceState: state };
}
