import { hashSecret } from '../../src/project/api-key.js';
import type { KeyRow, ProjectRow } from '../../src/project/project-statement.js';
import type { Warehouse } from '../../src/warehouse/warehouse.js';
import { EVENTS, NUMBERS, ROWS_READ, TOTALS } from './gateway-questions.js';

export const DATABASE = 'sluice';

/** Secret of the key that the benchmark asks with, and its project. */
export const SECRET = 'sl_0123456789abcdefghijklmnopqrstuv';
const PROJECT = 'shop';

const PROJECTS: readonly ProjectRow[] = [
  {
    id: PROJECT,
    version: 1,
    name: 'Shop',
    timeZone: 'Europe/Berlin',
    sessionTimeoutSeconds: 1_800,
    linkedDomains: [],
    channelRules: {},
    allowedOrigins: [],
  },
];

const KEYS: readonly KeyRow[] = [
  {
    keyHash: hashSecret(SECRET),
    version: 1,
    id: 'bench',
    projectId: PROJECT,
    name: 'bench',
    scopes: ['read'],
    hint: SECRET.slice(-4),
    createdAt: '2026-01-01 00:00:00.000',
    expiresAt: null,
    revokedAt: null,
    allowedOrigins: [],
    budgetRows: null,
  },
];

/** Rows by the name of the statement that asks for them. */
const ROWS: Readonly<Record<string, readonly unknown[]>> = {
  'project.projects': PROJECTS,
  'project.keys': KEYS,
  'cost.table_sizes': [
    { table: 'silver_events', rows: 2_000_000 },
    { table: 'gold_event_counts_per_hour', rows: 50_000 },
  ],
  'metric.event_count.total': [{ n: EVENTS }],
  'explore.rows': [{ kind: 'total', place: [], places: 1, numbers: TOTALS }],
  'explore.series': NUMBERS.map((numbers, bucket) => ({ place: [], bucket, numbers })),
};

/**
 * A warehouse that answers at once, with rows as the engine gives them: what is measured is
 * everything else. It knows the statements of the benchmark and of the look-ups that go with them.
 */
export const STUB_WAREHOUSE: Pick<Warehouse, 'query' | 'queryBytes' | 'insert'> = {
  async query<Row>({ name }: { readonly name: string }) {
    const rows = ROWS[name];
    if (rows === undefined) throw new Error(`the stub has no rows for ${name}`);
    return { rows: rows as readonly Row[], rowsRead: ROWS_READ, elapsedMs: 0 };
  },
  queryBytes: () => Promise.reject(new Error('no bytes are expected')),
  insert: async () => undefined,
};
