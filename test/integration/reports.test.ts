import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { EVENT_COLUMNS } from '../../src/report/event-columns.js';
import { statement } from '../../src/warehouse/statement.js';
import { tenantEvents } from '../testkit/isolation/tenant-events.js';
import {
  askReport,
  endedReport,
  parseCsv,
  type ReportWorld,
  reportFile,
  startReportWorld,
} from '../testkit/report-world.js';
import { type EventJson, seedEvents } from '../testkit/seed-events.js';

jest.setTimeout(120_000);

type Row = Readonly<Record<string, unknown>>;

const RANGE = { from: '2024-02-01', to: '2024-02-12' };
const NOW = Date.UTC(2024, 2, 1);

/** Texts that formats have their trouble with. */
const NASTY = ['a,b', '"quoted"', 'two\nlines', '\ttab', "it's \\N", 'é😀', '{"x":1}', '\u0001'];

const nastyEvents = (tenant: string): readonly EventJson[] =>
  NASTY.map((text, index) => ({
    event_id: `nasty-${index}`,
    event_name: 'purchase',
    timestamp: '2024-02-05T10:00:00.123Z',
    queryable_at: '2024-02-05T10:00:01.000Z',
    anonymous_id: `${tenant} ${text}`,
    properties: {
      [text]: text,
      note: [text, null, { deep: text }],
      revenue: '12.3456',
      currency: 'EUR',
    },
  }));

let world: ReportWorld;
beforeAll(async () => {
  world = await startReportWorld({
    nowMs: NOW,
    events: new Map(
      ['default', 'other'].map((tenant, index) => [
        tenant,
        [...tenantEvents(tenant, 6 + index), ...nastyEvents(tenant)],
      ]),
    ),
  });
}, 60_000);
afterAll(() => world.stop());

/** Stored events of a project, in the range of the tests (Europe/Berlin), as JSON says them. */
async function storedRows(where = 'true', projectId = 'default'): Promise<readonly Row[]> {
  const { rows } = await world.kit.warehouse.query(
    statement<Row>(
      'test.stored',
      `SELECT ${EVENT_COLUMNS.map(({ name }) => name).join(', ')} FROM ${world.kit.database}.silver_events
WHERE project_id = {p:String} AND occurred_at >= '2024-01-31 23:00:00' AND occurred_at < '2024-02-12 23:00:00' AND NOT is_bot AND ${where}`,
      { p: projectId },
    ),
  );
  return rows.map(({ properties, ...row }) => ({
    ...row,
    ...Object.fromEntries(
      ['occurred_at', 'received_at', 'queryable_at'].map((name) => [
        name,
        `${String(row[name]).replace(' ', 'T')}Z`,
      ]),
    ),
    properties: Object.fromEntries(
      Object.entries(properties as Record<string, string>).map(([name, json]) => [
        name,
        JSON.parse(json),
      ]),
    ),
  }));
}

const byId = (rows: readonly Row[]): readonly Row[] =>
  rows.toSorted((a, b) => (String(a.event_id) < String(b.event_id) ? -1 : 1));

/** The place of a row in the order that is promised. */
const keyOf = (row: Row): readonly unknown[] => [
  String(row.occurred_at).slice(0, 10),
  row.event_name,
  row.anonymous_id,
  row.occurred_at,
  row.event_id,
];

function isSorted(rows: readonly Row[]): boolean {
  const before = (a: unknown, b: unknown): number =>
    Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  return rows.every((row, index) => {
    const last = rows[index - 1];
    if (last === undefined) return true;
    const [own, other] = [keyOf(row), keyOf(last)];
    const different = own.findIndex((value, at) => value !== other[at]);
    return before(other[different], own[different]) < 0;
  });
}

const withJson = ({ properties, ...row }: Row): Row => ({
  ...row,
  properties: JSON.parse(String(properties)),
});

describe('all events of a range, as they are stored', () => {
  let stored: readonly Row[];
  beforeAll(async () => {
    stored = byId(await storedRows());
    expect(stored.length).toBeGreaterThan(200);
  });

  test('as NDJSON', async () => {
    const file = await reportFile(world, { format: 'NDJSON', events: { range: RANGE } });
    expect(file.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    const lines = file.bytes.toString().trimEnd().split('\n');
    const rows = lines.map((line) => withJson(JSON.parse(line)));
    expect(byId(rows)).toEqual(stored);
    expect(isSorted(rows)).toBe(true);
    expect(Object.keys(rows[0] ?? {})).toEqual(EVENT_COLUMNS.map(({ name }) => name));
  });

  test('as JSON', async () => {
    const file = await reportFile(world, { format: 'JSON', events: { range: RANGE } });
    const rows = (JSON.parse(file.bytes.toString()) as Row[]).map(withJson);
    expect(byId(rows)).toEqual(stored);
    expect(isSorted(rows)).toBe(true);
  });

  test('as CSV', async () => {
    const file = await reportFile(world, { format: 'CSV', events: { range: RANGE } });
    expect(file.headers.get('content-disposition')).toBe(
      'attachment; filename="events-2024-03-01T00-00-00.csv"',
    );
    const rows = parseCsv(file.bytes.toString()).map(withJson);
    const asText = stored.map(({ properties, ...row }) => ({
      ...Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value === null ? '' : String(value)]),
      ),
      properties,
    }));
    expect(byId(rows)).toEqual(asText);
    expect(isSorted(rows)).toBe(true);
  });

  test('as Parquet, read by another reader', async () => {
    const file = await reportFile(world, { format: 'PARQUET', events: { range: RANGE } });
    const path = join(world.kit.directory, 'events.parquet');
    writeFileSync(path, file.bytes);
    const read = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
    const rows = read.map((row) =>
      withJson(
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [
            name,
            value instanceof Date ? value.toISOString() : value,
          ]),
        ),
      ),
    );
    const typed = stored.map((row) => ({
      ...row,
      revenue: row.revenue === null ? null : Number(row.revenue),
    }));
    expect(byId(rows)).toEqual(typed);
    expect(isSorted(rows)).toBe(true);
  });
});

describe('a part of the events', () => {
  test('columns in the order asked, by event, filter, cohort and kept goal', async () => {
    const admin = world.gateway.client('admin');
    for (const input of [
      '{ definitionId: "order", name: "Order", goal: { event: "purchase" } }',
      '{ definitionId: "clickers", name: "Clickers", cohort: { did: { event: { event: "click" } } } }',
    ]) {
      const made = await admin.query(
        `mutation { createDefinition(input: ${input}) { userErrors { message } } }`,
      );
      expect(made.expectNoErrors()).toEqual({ createDefinition: { userErrors: [] } });
    }
    const file = await reportFile(world, {
      format: 'CSV',
      events: {
        range: RANGE,
        columns: ['PROPERTIES', 'EVENT_NAME', 'EVENT_ID'],
        event: { goal: 'order' },
        cohort: { id: 'clickers' },
        filter: [{ field: 'plan', values: ['default-pro'] }],
      },
    });
    const rows = parseCsv(file.bytes.toString());
    expect(Object.keys(rows[0] ?? {})).toEqual(['properties', 'event_name', 'event_id']);
    const wanted = await storedRows(
      `event_name = 'purchase' AND properties['plan'] = '"default-pro"'`,
    );
    expect(rows.map(({ event_id }) => event_id).toSorted()).toEqual(
      wanted.map(({ event_id }) => event_id).toSorted(),
    );
    expect(wanted.length).toBeGreaterThan(3);
  });

  test('a range without time has a file without rows', async () => {
    const at = '2024-02-05T00:00:00Z';
    const events = { range: { from: at, to: at }, columns: ['EVENT_ID', 'REVENUE'] };
    expect((await reportFile(world, { format: 'CSV', events })).bytes.toString()).toBe(
      '"event_id","revenue"\n',
    );
    expect(
      JSON.parse((await reportFile(world, { format: 'JSON', events })).bytes.toString()),
    ).toEqual([]);
    expect((await reportFile(world, { format: 'NDJSON', events })).bytes.length).toBe(0);
    const path = join(world.kit.directory, 'empty.parquet');
    writeFileSync(path, (await reportFile(world, { format: 'PARQUET', events })).bytes);
    expect(await parquetReadObjects({ file: await asyncBufferFromFile(path) })).toEqual([]);
  });

  test('events that arrive after it was asked for are not in it, however long it waits', async () => {
    const gate = world.hold();
    const before = await storedRows();
    const id = await askReport(world, {
      format: 'NDJSON',
      events: { range: RANGE, columns: ['EVENT_ID'] },
    });
    await seedEvents({
      ...world.kit,
      projectId: 'default',
      batch: 'late',
      events: [
        {
          event_id: 'late',
          event_name: 'page_view',
          timestamp: '2024-02-06T10:00:00.000Z',
          queryable_at: new Date(NOW + 1).toISOString(),
          anonymous_id: 'd-1',
        },
      ],
    });
    gate.open();
    expect(await endedReport(world, id)).toMatchObject({
      state: 'DONE',
      estimatedRows: before.length,
      asOf: new Date(NOW).toISOString(),
    });
    const { bytes } = await world.rest('GET', `/${id}/file`);
    expect(bytes.toString().trimEnd().split('\n').length).toBe(before.length);
    expect(bytes.toString()).not.toContain('"late"');
  });
});

describe('an exploration', () => {
  const exploration = {
    range: RANGE,
    measures: [
      { measure: 'COUNT' },
      { measure: 'PEOPLE' },
      { measure: 'P95', property: 'load_ms' },
      { measure: 'P95', property: 'revenue' },
    ],
    dimensions: ['browser', 'plan'],
  };

  test('has the rows of the same question, and no limit', async () => {
    const file = await reportFile(world, { format: 'NDJSON', exploration });
    const rows = file.bytes
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
    const { explore } = (
      await world.gateway
        .client('reader')
        .query(
          `{ explore(range: { from: "${RANGE.from}", to: "${RANGE.to}" }, dimensions: ["browser", "plan"], measures: [{ measure: COUNT }, { measure: PEOPLE }, { measure: P95, property: "load_ms" }, { measure: P95, property: "revenue" }]) { dimensions { values } measures { values } } }`,
        )
    ).expectNoErrors<{ explore: Record<'dimensions' | 'measures', { values: unknown[] }[]> }>();
    const columns = [...explore.dimensions, ...explore.measures].map(({ values }) => values);
    const names = ['browser', 'dimension_2', 'count', 'people', 'p95_3', 'p95_4'];
    expect(rows).toEqual(
      (columns[0] ?? []).map((_, row) =>
        Object.fromEntries(names.map((name, at) => [name, columns[at]?.[row] ?? null])),
      ),
    );
    expect(rows.length).toBeGreaterThan(2);
  });

  test('with a grain has a row for each bucket that has anything, in local days', async () => {
    const body = {
      format: 'CSV',
      exploration: {
        range: RANGE,
        over: 'SESSIONS',
        measures: [{ measure: 'COUNT' }],
        grain: 'DAY',
        orderBy: { measure: 0 },
      },
    };
    const rows = parseCsv((await reportFile(world, body)).bytes.toString());
    const { sessions } = (
      await world.gateway
        .client('reader')
        .query(
          `{ sessions(range: { from: "${RANGE.from}", to: "${RANGE.to}" }, grain: DAY) { series { bucketStarts values } } }`,
        )
    ).expectNoErrors<{
      sessions: { series: { bucketStarts: readonly string[]; values: readonly number[] } };
    }>();
    const { bucketStarts, values } = sessions.series;
    const counts = new Map(rows.map((row) => [row.bucket_start, Number(row.count)]));
    expect(bucketStarts.map((start) => counts.get(start) ?? 0)).toEqual(values);
    expect(rows.length).toBeGreaterThan(5);
  });

  test('without dimensions over nothing is one row', async () => {
    const body = {
      format: 'JSON',
      exploration: {
        range: { from: '2001-01-01', to: '2001-01-02' },
        measures: [{ measure: 'COUNT' }, { measure: 'AVERAGE', property: 'load_ms' }],
      },
    };
    const { bytes } = await reportFile(world, body);
    expect(JSON.parse(bytes.toString())).toEqual([{ count: 0, average: null }]);
  });
});
