import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import {
  createTraceState,
  DiagLogLevel,
  diag,
  type Span as OpenTelemetrySpan,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Logger } from 'pino';
import type { Span, TraceParent, Tracing } from '../tracing.js';

export interface OtlpTracingOptions {
  /** `http(s)://host:4318`; spans go to `/v1/traces` below it, as OTLP in JSON. */
  readonly endpoint: string;
  readonly serviceName: string;
  readonly log: Pick<Logger, 'warn'>;
}

/** Longest wait for a collector at the stop, ms. */
const STOP_MS = 3_000;

/** Characters of a reason in the log. */
const REASON_LENGTH = 300;

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

/** A span of this process, or what stands for one of another. */
interface Place {
  readonly span: OpenTelemetrySpan;
  isOver: boolean;
}

/**
 * Sends spans to an OpenTelemetry collector. Sampling, headers, compression and batches obey the
 * variables of the specification (`OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_BSP_…`,
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
 */
export function createOtlpTracing({ endpoint, serviceName, log }: OtlpTracingOptions): Tracing {
  const warn = (reason: string): void =>
    log.warn({ reason: reason.slice(0, REASON_LENGTH) }, 'traces cannot be sent');
  const silent = (): void => undefined;
  diag.setLogger(
    { error: warn, warn, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new NodeTracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({
        'service.name': serviceName,
        'service.instance.id': randomUUID(),
      }),
    ),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('sluice');
  const here = new AsyncLocalStorage<Place | null>();
  const places = new WeakMap<Span, Place>();
  const spans = new WeakMap<Place, Span>();

  function spanOf(place: Place): Span {
    const { span } = place;
    const own: Span = {
      get traceparent() {
        const { traceId, spanId, traceFlags } = span.spanContext();
        return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
      },
      rename: (name) => void span.updateName(name),
      note: (attributes) => void span.setAttributes(attributes),
      fail: (code) =>
        void span
          .setStatus({ code: SpanStatusCode.ERROR, message: code })
          .setAttribute('error.type', code),
      end() {
        if (place.isOver) return;
        place.isOver = true;
        span.end();
      },
    };
    places.set(own, place);
    spans.set(place, own);
    return own;
  }

  function placeOf(given: Span | TraceParent | null): Place | null {
    if (given === null) return null;
    if ('traceId' in given) return { span: trace.wrapSpanContext(contextOf(given)), isOver: false };
    return places.get(given) ?? null;
  }

  return {
    begin(name, { kind = 'internal', attributes = {}, links = [] } = {}) {
      const place = here.getStore() ?? null;
      const linked = links.map(contextOf);
      let context = ROOT_CONTEXT;
      if (place?.isOver === true) linked.push(place.span.spanContext());
      else if (place !== null) context = trace.setSpan(ROOT_CONTEXT, place.span);
      const options = {
        kind: KINDS[kind],
        attributes,
        links: linked.map((each) => ({ context: each })),
      };
      return spanOf({ span: tracer.startSpan(name, options, context), isOver: false });
    },
    within: (given, work) => here.run(placeOf(given), work),
    current() {
      const place = here.getStore() ?? null;
      return place === null || place.isOver ? null : (spans.get(place) ?? null);
    },
    async stop() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, STOP_MS);
      });
      try {
        await Promise.race([provider.shutdown(), late]);
      } catch (error) {
        warn(String(error));
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function contextOf({ traceId, spanId, isSampled, traceState }: TraceParent): SpanContext {
  return {
    traceId,
    spanId,
    traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(traceState === '' ? {} : { traceState: createTraceState(traceState) }),
  };
}
