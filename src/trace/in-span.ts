import { isAppError } from '../errors.js';
import type { Span, SpanOptions, Tracing } from './tracing.js';

/**
 * Does work in a span of its own, which ends with it and fails with what it throws. Without tracing
 * the work is done and nothing else.
 */
export function inSpan<T>(
  tracing: Tracing | undefined,
  name: string,
  options: SpanOptions,
  work: (span: Span | null) => Promise<T>,
): Promise<T> {
  return tracing === undefined ? work(null) : traced(tracing, tracing.begin(name, options), work);
}

async function traced<T>(
  tracing: Tracing,
  span: Span,
  work: (span: Span | null) => Promise<T>,
): Promise<T> {
  try {
    return await tracing.within(span, () => work(span));
  } catch (error) {
    span.fail(failureOf(error));
    throw error;
  } finally {
    span.end();
  }
}

/** The code of a failure, or its class: a message may quote what was read. */
function failureOf(error: unknown): string {
  if (isAppError(error)) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
