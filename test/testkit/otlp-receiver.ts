import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Value = string | number | boolean;

/** A span as an OpenTelemetry collector receives it. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: the first of its trace in this process. */
  readonly parentSpanId: string;
  /** OTLP: 1 internal, 2 server, 3 client, 5 consumer. */
  readonly kind: number;
  /** The code of a failure; empty: none. */
  readonly failure: string;
  readonly attributes: Readonly<Record<string, Value>>;
  /** Traces that led here. */
  readonly linkedTraces: readonly string[];
  readonly durationMs: number;
  /** Of the process that sent it. */
  readonly service: string;
}

/** A stand-in for an OpenTelemetry collector: OTLP over HTTP, in JSON, on the loopback. */
export interface OtlpReceiver {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** Everything received, as it came. */
  readonly text: string;
  /** The first span that fits, once it is there. */
  until(fits: (span: ReceivedSpan) => boolean, deadlineMs?: number): Promise<ReceivedSpan>;
  stop(): Promise<void>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, Value>>;
}

interface Payload {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string;
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly kind: number;
        readonly status?: { readonly message?: string };
        readonly attributes: readonly Attribute[];
        readonly links?: readonly { readonly traceId: string }[];
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
      }[];
    }[];
  }[];
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const waiting = new Set<() => void>();
  let text = '';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      if (request.method !== 'POST' || request.url !== '/v1/traces') {
        response.writeHead(404).end();
        return;
      }
      text += body;
      spans.push(...spansOf(JSON.parse(body) as Payload));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      for (const look of [...waiting]) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    get text() {
      return text;
    },
    until(fits, deadlineMs = 30_000) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          const names = [...new Set(spans.map(({ name }) => name))];
          reject(new Error(`no such span came; there are ${names.join(', ')}`));
        }, deadlineMs);
        function look(): void {
          const found = spans.find(fits);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        }
        waiting.add(look);
        look();
      });
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function spansOf({ resourceSpans }: Payload): readonly ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => ({
        name: span.name,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        kind: span.kind,
        failure: span.status?.message ?? '',
        attributes: valuesOf(span.attributes),
        linkedTraces: (span.links ?? []).map(({ traceId }) => traceId),
        durationMs:
          Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1_000_000,
        service: String(valuesOf(resource.attributes)['service.name']),
      })),
    ),
  );
}

function valuesOf(attributes: readonly Attribute[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const [held = ''] = Object.values(value);
      return [key, 'intValue' in value ? Number(held) : held];
    }),
  );
}
