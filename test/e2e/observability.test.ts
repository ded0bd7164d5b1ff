import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../testkit/deadline.js';
import { openGraphqlSocket } from '../testkit/graphql-client.js';
import {
  type OtlpReceiver,
  type ReceivedSpan,
  startOtlpReceiver,
} from '../testkit/otlp-receiver.js';
import {
  createTestProject,
  postEvents,
  type Stack,
  startSluice,
  startStack,
  untilIngested,
} from '../testkit/stack.js';

/** Is in every value that events, questions and keys hold, and must show nowhere. */
const SECRET = 'zq7secret';
const RANGE = 'range: { from: "2026-01-01", to: "2026-01-31" }';
const VOLUME = `query DailyVolume { eventVolume(${RANGE}, filter: [{ field: "plan", values: ["${SECRET}-plan"] }]) { total } }`;
const SERVICE = 'sluice-under-test';
/** What answers that question. */
const STATEMENT = 'metric.event_count.total';

/** Tells at its end how many modules that make and send spans a process has loaded. */
const COUNT_MODULES = `process.on('exit', () => {
  const names = Object.keys(require.cache).filter((name) => /@opentelemetry.(sdk|exporter|otlp)/.test(name));
  require('node:fs').writeSync(1, 'opentelemetry modules: ' + names.length + '\\n');
});`;

let directory: string;
let receiver: OtlpReceiver;
let stack: Stack;
let keys: { readonly importerKey: string; readonly readKey: string };
/** Everything that the process has written. */
let output = '';

const counting = (): string => `--require=${join(directory, 'count-modules.cjs')}`;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-observability-'));
  writeFileSync(join(directory, 'count-modules.cjs'), COUNT_MODULES);
  receiver = await startOtlpReceiver();
  stack = await startStack('embedded', {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_SERVICE_NAME: SERVICE,
    OTEL_BSP_SCHEDULE_DELAY: '20',
    LOG_LEVEL: 'debug',
    NODE_OPTIONS: counting(),
  });
  for (const stream of [stack.processes[0]?.child.stdout, stack.processes[0]?.child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  keys = await createTestProject(stack, 'observed');
}, 120_000);

afterAll(async () => {
  await stack.stop();
  await receiver.stop();
  rmSync(directory, { recursive: true, force: true });
});

let traces = 0;

/** A trace of a caller, which nobody else has. */
function callerTrace(isSampled = true): { traceId: string; spanId: string; header: string } {
  traces += 1;
  const traceId = traces.toString(16).padStart(32, 'a');
  const spanId = traces.toString(16).padStart(16, 'b');
  return { traceId, spanId, header: `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}` };
}

async function post(path: string, body: unknown, headers: Readonly<Record<string, string>>) {
  const response = await fetch(`${stack.collectorUrl}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${keys.readKey}`,
      ...headers,
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  // Server-sent events are read to their end, and tell nothing here.
  return (text.startsWith('{') ? JSON.parse(text) : {}) as {
    data?: unknown;
    errors?: readonly unknown[];
  };
}

/** The spans of a trace from the given one up to the caller's, by name. */
function ancestry(span: ReceivedSpan): readonly string[] {
  const parent = receiver.spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent === undefined ? [span.name] : [span.name, ...ancestry(parent)];
}

/** The statement that a trace ends in, with the span of the request that has ended by then. */
async function statementOf(traceId: string, request: string): Promise<ReceivedSpan> {
  await receiver.until((span) => span.traceId === traceId && span.name === request);
  return receiver.until(
    (span) => span.traceId === traceId && span.name === STATEMENT && span.kind === 3,
  );
}

function event(n: number): Readonly<Record<string, unknown>> {
  return {
    event_id: `${SECRET}-e-${n}`,
    event_name: n % 2 === 0 ? 'page_view' : `${SECRET}-name`,
    user_id: `${SECRET}-user-${n % 3}`,
    anonymous_id: `${SECRET}-device`,
    timestamp: `2026-01-0${(n % 9) + 1}T10:00:00.000Z`,
    url: `https://${SECRET}.example/${SECRET}-page`,
    properties: { plan: `${SECRET}-plan`, [`${SECRET}-property`]: `${SECRET}-value` },
  };
}

describe('traces', () => {
  test('of a batch of events lead from the request to the block that is written', async () => {
    const caller = callerTrace();
    const response = await fetch(`${stack.collectorUrl}/v1/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-ndjson',
        authorization: `Bearer ${keys.importerKey}`,
        traceparent: caller.header,
      },
      body: Array.from({ length: 12 }, (_, n) => JSON.stringify(event(n))).join('\n'),
    });
    expect(await response.json()).toEqual({ accepted: 12, rejected: [] });
    await untilIngested(stack);
    const append = await receiver.until(
      ({ traceId, name }) => traceId === caller.traceId && name === 'event log append',
    );
    await receiver.until(
      ({ traceId, name }) => traceId === caller.traceId && name === 'POST /v1/events',
    );
    expect(ancestry(append)).toEqual(['event log append', 'POST /v1/events']);
    const batch = await receiver.until(
      ({ name, linkedTraces }) =>
        name.startsWith('batch ') && linkedTraces.includes(caller.traceId),
    );
    expect(batch).toMatchObject({ kind: 5, parentSpanId: '', name: 'batch topic_web_events' });
    const insert = await receiver.until(
      ({ traceId, name }) => traceId === batch.traceId && name === 'insert.bronze_events',
    );
    expect(ancestry(insert)).toEqual(['insert.bronze_events', 'batch topic_web_events']);
    expect(insert.attributes['sluice.rows_written']).toBeGreaterThan(0);
  });

  test('of a query lead from the caller’s span to the statement', async () => {
    const caller = callerTrace();
    const answer = await post('/graphql', { query: VOLUME }, { traceparent: caller.header });
    expect(answer.data).toEqual({ eventVolume: { total: 12 } });
    const statement = await statementOf(caller.traceId, 'POST /graphql');
    expect(ancestry(statement)).toEqual([
      STATEMENT,
      'question eventVolume',
      'query DailyVolume',
      'POST /graphql',
    ]);
    const request = receiver.spans.find(
      ({ traceId, name }) => traceId === caller.traceId && name === 'POST /graphql',
    );
    expect(request).toMatchObject({
      parentSpanId: caller.spanId,
      kind: 2,
      service: SERVICE,
      attributes: { 'http.route': '/graphql', 'http.response.status_code': 200 },
    });
    const { attributes } = statement;
    expect(attributes).toMatchObject({
      'db.system.name': 'clickhouse',
      'db.query.summary': STATEMENT,
    });
    expect(attributes['sluice.rows_read']).toBeGreaterThanOrEqual(12);
    expect(attributes['sluice.bytes_read']).toBeGreaterThan(0);
    expect(statement.durationMs).toBeGreaterThan(0);
    expect(statement.durationMs).toBeLessThanOrEqual(request?.durationMs ?? 0);
  });

  test('of REST and of a WebSocket do so too', async () => {
    const rest = callerTrace();
    const asked = {
      metric: 'eventVolume',
      // Another range than before, since equal questions share their answers.
      range: { from: '2026-01-01', to: '2026-01-30' },
      filter: [{ field: 'plan', values: [`${SECRET}-plan`] }],
    };
    await post('/api/v1/query', asked, { traceparent: rest.header });
    expect(ancestry(await statementOf(rest.traceId, 'POST /api/v1/*'))).toEqual([
      STATEMENT,
      'question eventVolume',
      expect.stringMatching(/^query/),
      'POST /api/v1/*',
    ]);

    const socket = await openGraphqlSocket({
      url: `${stack.collectorUrl.replace('http', 'ws')}/graphql`,
      headers: { traceparent: callerTrace().header },
    });
    await socket.init(keys.readKey);
    const ofOperation = callerTrace();
    socket.send({
      type: 'subscribe',
      id: '1',
      payload: {
        query: VOLUME.replace('01-31', '01-29'),
        extensions: { traceparent: ofOperation.header },
      },
    });
    expect(await socket.next()).toMatchObject({
      payload: { data: { eventVolume: { total: 12 } } },
    });
    const statement = await statementOf(ofOperation.traceId, 'WEBSOCKET /graphql');
    expect(ancestry(statement).slice(1)).toEqual([
      'question eventVolume',
      'query DailyVolume',
      'WEBSOCKET /graphql',
    ]);
    socket.close();
  });

  test('of a tick are linked to the start of its subscription', async () => {
    const caller = callerTrace();
    const socket = await openGraphqlSocket({
      url: `${stack.collectorUrl.replace('http', 'ws')}/graphql`,
      headers: { traceparent: caller.header },
    });
    await socket.init(keys.readKey);
    socket.subscribe('1', `subscription Live { sessions(${RANGE}) { total } }`);
    expect(await socket.next()).toMatchObject({ type: 'next' });
    // Who asks the same shares one subscription, which begins behind the first request for it.
    const start = await receiver.until(
      ({ name, traceId, linkedTraces }) =>
        name === 'subscription Live' && [traceId, ...linkedTraces].includes(caller.traceId),
    );
    const tick = await receiver.until(
      ({ name, linkedTraces }) =>
        name === 'question sessions' && linkedTraces.includes(start.traceId),
    );
    expect(tick.parentSpanId).toBe('');
    const statement = await receiver.until(({ parentSpanId }) => parentSpanId === tick.spanId);
    expect(statement).toMatchObject({ kind: 3, traceId: tick.traceId });
    socket.close();
  });

  test('of what is refused tell the code, and nothing of what is not kept', async () => {
    const unsampled = callerTrace(false);
    await post('/graphql', { query: VOLUME }, { traceparent: unsampled.header });
    const caller = callerTrace();
    const query = `query Refused { eventVolume(${RANGE}, timeZone: "${SECRET}") { total } }`;
    const { errors } = await post('/graphql', { query }, { traceparent: caller.header });
    expect(errors).toHaveLength(1);
    const failed = await receiver.until(
      ({ traceId, name }) => traceId === caller.traceId && name === 'query Refused',
    );
    expect(failed.failure).toMatch(/^[A-Z_]+$/);
    expect(receiver.spans.filter(({ traceId }) => traceId === unsampled.traceId)).toEqual([]);
  });

  test('a traceparent that is none begins a trace', async () => {
    const before = receiver.spans.length;
    await post('/graphql', { query: VOLUME }, { traceparent: '00-0-0-01' });
    await eventually('a trace of its own', () =>
      receiver.spans
        .slice(before)
        .some(({ name, parentSpanId }) => name === 'POST /graphql' && parentSpanId === ''),
    );
  });
});

describe('metrics', () => {
  test('tell latency and rows read of operations and questions', async () => {
    const text = await (await fetch(`${stack.collectorUrl}/metrics`)).text();
    const valueOfSeries = (series: string): number =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.split(' ')[1] ?? -1,
      );
    const operation = 'operation="DailyVolume",kind="query"';
    const ok = `${operation},outcome="ok"`;
    expect(valueOfSeries(`sluice_gateway_operation_seconds_count{${ok}}`)).toBeGreaterThanOrEqual(
      3,
    );
    expect(valueOfSeries(`sluice_gateway_operation_seconds_sum{${ok}}`)).toBeGreaterThan(0);
    expect(
      valueOfSeries(`sluice_gateway_operation_rows_read_total{${operation}}`),
    ).toBeGreaterThanOrEqual(12);
    expect(
      valueOfSeries(
        'sluice_gateway_operation_seconds_count{operation="Refused",kind="query",outcome="failed"}',
      ),
    ).toBe(1);
    expect(
      valueOfSeries('sluice_gateway_question_seconds_count{question="eventVolume",outcome="ok"}'),
    ).toBeGreaterThanOrEqual(3);
    expect(
      valueOfSeries('sluice_gateway_question_rows_read_total{question="eventVolume"}'),
    ).toBeGreaterThanOrEqual(12);
  });
});

describe('nothing of events, questions and keys shows', () => {
  test('in logs, metrics and traces, whatever is asked and however it fails', async () => {
    const { rejected } = await postEvents(stack, keys.importerKey, [
      { ...event(1), timestamp: `${SECRET}-time` },
      { ...event(2), event_id: 7, properties: `${SECRET}-properties` },
      event(3),
      event(3),
    ]);
    expect(rejected).toHaveLength(2);
    await untilIngested(stack);
    const questions = [
      VOLUME,
      `{ uniqueUsers(${RANGE}, breakdown: "plan") { total } }`,
      `{ user(id: "${SECRET}-user-0") { id timeline(first: 2) { edges { cursor } } } }`,
      `{ funnel(${RANGE}, windowSeconds: 60, steps: [{ event: "${SECRET}-name" }, { event: "page_view" }]) { result { counts } } }`,
      `{ eventVolume(${RANGE}, filter: [{ field: "${SECRET}", values: ["${SECRET}"] }]) { total } }`,
      `{ eventVolume(range: { from: "${SECRET}", to: "2026-01-31" }) { total } }`,
      `{ eventVolume(${RANGE}, timeZone: "${SECRET}") { total } }`,
      `{ eventVolume(project: "${SECRET}", ${RANGE}) { total } }`,
      `{ node(id: "${SECRET}") { id } }`,
      `{ ${SECRET}`,
      `{ ${SECRET} }`,
    ];
    for (const query of questions) {
      await post('/graphql', { query }, {});
      await post('/graphql', { query }, { authorization: `Bearer ${SECRET}-key` });
      await post('/graphql/stream', { query }, {});
    }
    await post('/api/v1/query', { metric: SECRET, range: SECRET }, {});
    await fetch(`${stack.collectorUrl}/api/v1/users/${SECRET}-user-0/summary`, {
      headers: { authorization: `Bearer ${keys.readKey}` },
    });
    const socket = await openGraphqlSocket({
      url: `${stack.collectorUrl.replace('http', 'ws')}/graphql`,
    });
    await socket.init(keys.readKey);
    socket.subscribe('1', `subscription { eventTail { events { eventId } } }`);
    await postEvents(stack, keys.importerKey, [{ ...event(4), event_id: `${SECRET}-last` }]);
    // The tail may begin with what came before.
    for (let text = ''; !text.includes(SECRET); ) text = JSON.stringify(await socket.next());
    socket.close();

    const last = callerTrace();
    const query = 'query Last { __typename }';
    await post('/graphql', { query }, { traceparent: last.header });
    await receiver.until(({ name, traceId }) => name === 'query Last' && traceId === last.traceId);
    await eventually('the log of the last operation', () => output.includes('"Last"'));
    const metrics = await (await fetch(`${stack.collectorUrl}/metrics`)).text();
    const told = { output, traces: receiver.text, metrics };
    const needles = [SECRET, keys.readKey, keys.importerKey, stack.adminKey];
    for (const [where, text] of Object.entries(told)) {
      expect(text.length).toBeGreaterThan(1_000);
      const shown = needles.filter((needle) => text.includes(needle));
      const around = shown.map((needle) => {
        const at = text.indexOf(needle);
        return text.slice(Math.max(0, at - 300), at + 100);
      });
      expect({ where, around }).toEqual({ where, around: [] });
    }
  }, 60_000);
});

describe('OpenTelemetry', () => {
  async function modulesOf(env: Readonly<Record<string, string>>): Promise<number> {
    const { started } = await startSluice({
      DATA_DIR: mkdtempSync(join(directory, 'data-')),
      NODE_OPTIONS: counting(),
      ...env,
    });
    await started.stop();
    const found = await eventually('the count', () =>
      /opentelemetry modules: (\d+)/.exec(started.tail()),
    );
    return Number(found[1]);
  }

  test('is loaded where traces are sent, and only there; a collector that is away stops nothing', async () => {
    expect(await modulesOf({})).toBe(0);
    expect(await modulesOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })).toBeGreaterThan(
      0,
    );
  }, 120_000);
});
