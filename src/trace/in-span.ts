import { isAppError } from '../errors.js';
import type { Span, SpanOptions, Tracing } from './tracing.js';

/**
 * Does work in a span of its own, which ends with it and fails with what it throws. Without tracing
 * the work is done and nothing else.
 */
export async function inSpan<T>(
  tracing: Tracing | undefined,
  name: string,
  options: SpanOptions,
  work: (span: Span | null) => Promise<T>,
): Promise<T> {
  if (tracing === undefined) return work(null);
  const span = tracing.begin(name, options);
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
