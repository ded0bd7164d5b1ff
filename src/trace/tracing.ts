/** What a span tells beside its name and times: never row content, bound values or keys. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A piece of work under way, as traces show it. */
export interface Span {
  /** The span as header `traceparent` hands it on (https://www.w3.org/TR/trace-context/). */
  readonly traceparent: string;
  rename(name: string): void;
  note(attributes: SpanAttributes): void;
  /** Marks the work as failed, by a code and never by a message. */
  fail(code: string): void;
  /** Ends the span; what comes later changes nothing. */
  end(): void;
}

/** A span of somebody else, who has told of it in headers. */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Whether its trace is kept; what is not kept there is not kept here. */
  readonly isSampled: boolean;
  /** As it came; empty: none. */
  readonly traceState: string;
}

export interface SpanOptions {
  /** A request from outside, a question to another program, a batch of messages; default none of them. */
  readonly kind?: 'server' | 'client' | 'consumer' | 'internal';
  readonly attributes?: SpanAttributes;
  /** Work that led here without waiting for it. */
  readonly links?: readonly TraceParent[];
}

/**
 * The port to traces. Where nothing is traced there is none, so that nothing is done for it.
 *
 * What every adapter promises: no method throws or waits, a collector of traces that is away costs
 * spans and nothing else, and what waits to be sent is bounded.
 */
export interface Tracing {
  /** Begins a span below the one under way here. Behind one that has ended a trace begins, linked to it. */
  begin(name: string, options?: SpanOptions): Span;
  /** Runs work below a span, here or elsewhere; null: below none. */
  within<T>(place: Span | TraceParent | null, work: () => T): T;
  /** The span under way here; null when there is none or it has ended. */
  current(): Span | null;
  /** Sends what waits, for some seconds at most. */
  stop(): Promise<void>;
}
