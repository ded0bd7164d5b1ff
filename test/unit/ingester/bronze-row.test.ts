import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { BRONZE_COLUMNS, BRONZE_TYPES, bronzeRow } from '../../../ingest/ingester/bronze-row.js';
import { createEnricher } from '../../../ingest/ingester/enrich-event.js';
import { trackedEvent } from './tracked-event.js';

const LINEAGE = {
  topic: 't',
  partition: 3,
  offset: 2n ** 60n,
  appendedAt: Date.UTC(2024, 0, 15, 12, 0, 2),
  ingestedAt: Date.UTC(2024, 0, 15, 12, 0, 3),
  batch: '18446744073709551615',
  contentHash: 7,
  isRepeat: true,
};

test('the columns are those of the table, in its order and with its types', () => {
  const ddl = readFileSync('clickhouse/bronze/0002_create_events.sql', 'utf8');
  const body = ddl.slice(ddl.indexOf('(\n') + 2, ddl.indexOf('\n)\nENGINE'));
  const columns = [...body.matchAll(/^ {2}([a-z_]+) (.+?)(?: CODEC\(.*\))?,?$/gm)];
  expect(BRONZE_COLUMNS).toEqual(columns.map(([, name]) => name));
  expect(BRONZE_TYPES).toEqual(columns.map(([, , type]) => type));
});

test('a row has one cell per column, offsets and batch ids as exact text', () => {
  const row = bronzeRow(createEnricher()(trackedEvent({ url: '/a' })), LINEAGE);
  expect(row).toHaveLength(BRONZE_COLUMNS.length);
  expect(Object.fromEntries(BRONZE_COLUMNS.map((name, at) => [name, row[at]]))).toMatchObject({
    project_id: 'shop',
    event_id: 'e1',
    occurred_at: Date.UTC(2024, 0, 15, 12),
    received_at: Date.UTC(2024, 0, 15, 12, 0, 1),
    queryable_at: null,
    page: '/a',
    log_partition: 3,
    log_offset: 2n ** 60n,
    appended_at: LINEAGE.appendedAt,
    ingested_at: LINEAGE.ingestedAt,
    batch: '18446744073709551615',
    content_hash: 7,
    is_repeat: true,
  });
});
