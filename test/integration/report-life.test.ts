import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { tenantEvents } from '../testkit/isolation/tenant-events.js';
import {
  askReport,
  endedReport,
  HOUR_MS,
  type ReportWorld,
  reportFile,
  startReportWorld,
} from '../testkit/report-world.js';

jest.setTimeout(120_000);

type Row = Readonly<Record<string, unknown>>;

const RANGE = { from: '2024-02-01', to: '2024-02-12' };
const NOW = Date.UTC(2024, 2, 1);

let world: ReportWorld;
beforeAll(async () => {
  world = await startReportWorld({
    nowMs: NOW,
    events: new Map(
      ['default', 'other'].map((tenant, index) => [tenant, tenantEvents(tenant, 6 + index)]),
    ),
  });
}, 60_000);
afterAll(() => world.stop());

describe('the life of a report', () => {
  const body = { format: 'NDJSON', events: { range: RANGE, columns: ['EVENT_ID'] } };

  test('waits for its turn, runs, and its file is refused until it is done', async () => {
    const gate = world.hold();
    const [first, second] = [await askReport(world, body), await askReport(world, body)];
    const stateOf = async (id: string) => (await world.rest('GET', `/${id}`)).body.state;
    expect([await stateOf(first), await stateOf(second)]).toEqual(['RUNNING', 'WAITING']);
    for (const [id, state] of [
      [first, 'RUNNING'],
      [second, 'WAITING'],
    ]) {
      expect(await world.rest('GET', `/${id}/file`)).toMatchObject({
        status: 409,
        body: { code: 'CONFLICT', field: 'id', state },
      });
    }
    gate.open();
    expect([
      (await endedReport(world, first)).state,
      (await endedReport(world, second)).state,
    ]).toEqual(['DONE', 'DONE']);
    const answer = await world.rest('GET', `/${first}`);
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
  });

  test('is ended and removed by DELETE, while it runs and while it waits', async () => {
    world.hold();
    const [running, waiting] = [await askReport(world, body), await askReport(world, body)];
    for (const id of [waiting, running]) {
      expect(await world.rest('DELETE', `/${id}`)).toMatchObject({ status: 200, body: { id } });
      expect((await world.rest('GET', `/${id}`)).status).toBe(404);
      expect((await world.rest('DELETE', `/${id}`)).status).toBe(404);
    }
    expect(
      world.names().filter((name) => name.includes(running) || name.includes(waiting)),
    ).toEqual([]);
    world.hold().open();
    await reportFile(world, body);
  });

  test('begins again in the next process when this one ends before it is done', async () => {
    world.hold();
    const [first, second] = [await askReport(world, body), await askReport(world, body)];
    const gate = world.hold();
    gate.open();
    await world.reopen();
    expect([
      (await endedReport(world, first)).state,
      (await endedReport(world, second)).state,
    ]).toEqual(['DONE', 'DONE']);
    // What is done stays done.
    await world.reopen();
    expect((await world.rest('GET', `/${first}/file`)).status).toBe(200);
    expect(world.names().filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('ends a day after it was done, and the file goes with it', async () => {
    const id = await askReport(world, body);
    const { expiresAt } = await endedReport(world, id);
    expect(expiresAt).toBe(new Date(NOW + 24 * HOUR_MS).toISOString());
    world.nowMs = NOW + 24 * HOUR_MS - 1;
    expect((await world.rest('GET', `/${id}/file`)).status).toBe(200);
    world.nowMs = NOW + 24 * HOUR_MS;
    expect(await world.rest('GET', `/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND', field: 'id' },
    });
    expect(world.names()).toEqual([]);
    world.nowMs = NOW;
  });
});

describe('another project', () => {
  test('has reports of its own rows alone, and finds no other’s', async () => {
    const body = { format: 'NDJSON', events: { range: RANGE, includeBots: true } };
    const own = await reportFile(world, body);
    const other = await reportFile(world, body, 'stranger');
    expect(own.bytes.toString()).not.toContain('other');
    expect(other.bytes.toString()).not.toContain('default');
    const id = await askReport(world, body);
    await endedReport(world, id);
    for (const [method, path] of [
      ['GET', `/${id}`],
      ['GET', `/${id}/file`],
      ['DELETE', `/${id}`],
    ] as const) {
      expect(await world.rest(method, path, { key: 'stranger' })).toMatchObject({
        status: 404,
        body: { code: 'NOT_FOUND' },
      });
      expect((await world.rest(method, path, { key: 'writer' })).status).toBe(403);
      expect((await world.rest(method, path, { key: null })).status).toBe(401);
      expect((await world.rest(method, `${path}?project=other`)).status).toBe(403);
    }
    const asked = await world.gateway
      .client('stranger')
      .query('query ($id: ID!) { report(id: $id) { id } }', { id });
    expect(asked.codes).toEqual(['NOT_FOUND']);
    expect((await world.rest('GET', `/${id}/file`)).status).toBe(200);
  });
});

describe('the description by OpenAPI', () => {
  test('holds for what is asked and what is answered', async () => {
    const response = await fetch(`${world.gateway.url}/api/v1/openapi.json`);
    const description = (await response.json()) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, Row>>>>;
    };
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    ajv.addSchema({ $id: 'api', ...description }, 'api');
    const pointerTo = (...parts: readonly string[]): string =>
      `api#/${parts.map((part) => encodeURIComponent(part.replaceAll('/', '~1'))).join('/')}`;
    const answered = (path: string, method: string, status: string) =>
      ajv.compile({
        $ref: pointerTo(
          ...['paths', path, method, 'responses', status, 'content', 'application/json', 'schema'],
        ),
      });
    const asked = ajv.compile({
      $ref: pointerTo(
        ...['paths', '/reports/generate', 'post', 'requestBody', 'content', 'application/json'],
        'schema',
      ),
    });
    const body = { format: 'PARQUET', events: { range: RANGE, columns: ['EVENT_ID', 'URL'] } };
    expect(asked(body)).toBe(true);
    expect(asked({ ...body, format: 'XML' })).toBe(false);
    const made = await world.rest('POST', '/generate', { body });
    const path = '/reports/{report_id}';
    const id = String(made.body.id);
    expect(answered('/reports/generate', 'post', '202')(made.body)).toBe(true);
    expect(answered(path, 'get', '200')(await endedReport(world, id))).toBe(true);
    expect(Object.keys(contentOf(description, `${path}/file`))).toContain(
      (await world.rest('GET', `/${id}/file`)).headers.get('content-type'),
    );
    const deleted = await world.rest('DELETE', `/${id}`);
    expect(answered(path, 'delete', '200')(deleted.body)).toBe(true);
  });

  function contentOf(
    { paths }: { readonly paths: Readonly<Record<string, Readonly<Record<string, Row>>>> },
    path: string,
  ): object {
    const got = paths[path]?.get as { responses: Record<string, { content: object }> } | undefined;
    return got?.responses[200]?.content ?? {};
  }
});

describe('GraphQL', () => {
  test('asks, tells and deletes the same', async () => {
    const client = world.gateway.client('reader');
    const { createReport } = (
      await client.query(
        `mutation { createReport(input: { format: CSV, events: { range: { from: "${RANGE.from}", to: "${RANGE.to}" } } }) { report { id state columns { name of } } userErrors { code } } }`,
      )
    ).expectNoErrors<{ createReport: { report: { id: string }; userErrors: unknown[] } }>();
    const { id } = createReport.report;
    await endedReport(world, id);
    const { report } = (
      await client.query(`{ report(id: "${id}") { state progress bytes error { code } } }`)
    ).expectNoErrors();
    expect(report).toMatchObject({ state: 'DONE', progress: 1, error: null });
    const deleted = await client.query(
      `mutation { deleteReport(input: { id: "${id}" }) { report { id } userErrors { code } } }`,
    );
    expect(deleted.expectNoErrors()).toEqual({
      deleteReport: { report: { id }, userErrors: [] },
    });
    const again = await client.query(
      `mutation { deleteReport(input: { id: "${id}" }) { report { id } userErrors { code path } } }`,
    );
    expect(again.expectNoErrors()).toEqual({
      deleteReport: { report: null, userErrors: [{ code: 'NOT_FOUND', path: ['input', 'id'] }] },
    });
  });
});

test.each<[string, unknown, number, string, string]>([
  ['no format', { events: { range: RANGE } }, 400, 'BAD_USER_INPUT', 'format'],
  [
    'an unknown format',
    { format: 'XML', events: { range: RANGE } },
    400,
    'BAD_USER_INPUT',
    'format',
  ],
  ['no subject', { format: 'CSV' }, 400, 'BAD_USER_INPUT', 'events'],
  [
    'two subjects',
    {
      format: 'CSV',
      events: { range: RANGE },
      exploration: { range: RANGE, measures: [{ measure: 'COUNT' }] },
    },
    400,
    'BAD_USER_INPUT',
    'events',
  ],
  ['no range', { format: 'CSV', events: {} }, 400, 'BAD_USER_INPUT', 'events.range'],
  [
    'a range backwards',
    { format: 'CSV', events: { range: { from: '2024-02-02', to: '2024-02-01' } } },
    400,
    'INVALID_RANGE',
    'range.to',
  ],
  [
    'an unknown column',
    { format: 'CSV', events: { range: RANGE, columns: ['PASSWORD'] } },
    400,
    'BAD_USER_INPUT',
    'events.columns.0',
  ],
  [
    'no column',
    { format: 'CSV', events: { range: RANGE, columns: [] } },
    400,
    'BAD_USER_INPUT',
    'columns',
  ],
  [
    'a column twice',
    { format: 'CSV', events: { range: RANGE, columns: ['URL', 'URL'] } },
    400,
    'BAD_USER_INPUT',
    'columns',
  ],
  [
    'an unknown zone',
    { format: 'CSV', events: { range: RANGE, timeZone: 'Mars' } },
    400,
    'INVALID_TIME_ZONE',
    'timeZone',
  ],
  [
    'a property where none is taken',
    {
      format: 'CSV',
      exploration: { range: RANGE, measures: [{ measure: 'COUNT', property: 'x' }] },
    },
    400,
    'BAD_USER_INPUT',
    'measures[0].property',
  ],
  [
    'a cohort of nobody',
    { format: 'CSV', events: { range: RANGE, cohort: { id: 'none' } } },
    404,
    'NOT_FOUND',
    'cohort',
  ],
])('%s is refused by name', async (_, body, status, code, field) => {
  const answer = await world.rest('POST', '/generate', { body });
  expect(answer).toMatchObject({ status, body: { code, field } });
});
