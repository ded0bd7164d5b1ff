import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../../src/errors.js';
import { createWarehouseProjectStore } from '../../../src/project/warehouse-project-store.js';
import type { Statement } from '../../../src/warehouse/statement.js';
import type { InsertBlock, QueryResult } from '../../../src/warehouse/warehouse.js';

/** Two control tables, the newest version of each row in force. */
function createControlTables() {
  const tables: Record<string, Map<unknown, Record<string, unknown>>> = {};
  const state = { isAway: false, reads: 0, slowBy: Promise.resolve() };
  const camel = (name: string): string =>
    ({ project_id: 'projectId', key_id: 'id' })[name] ??
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return {
    state,
    async insert({ table, columns, rows }: InsertBlock): Promise<void> {
      const known = tables[table] ?? new Map();
      tables[table] = known;
      for (const row of rows) {
        const cells = Object.fromEntries(columns.map((column, i) => [camel(column), row[i]]));
        if (table.endsWith('projects')) cells.id = cells.projectId;
        known.set(row[0], cells);
      }
    },
    async query<Row>({ name }: Statement<Row>): Promise<QueryResult<Row>> {
      state.reads += 1;
      if (state.isAway) throw new AppError('WAREHOUSE_UNAVAILABLE', 'away', { isRetryable: true });
      const table = name === 'project.projects' ? 'db.control_projects' : 'db.control_keys';
      const rows = [...(tables[table]?.values() ?? [])] as Row[];
      await state.slowBy;
      return { rows, rowsRead: 0, elapsedMs: 0 };
    },
  };
}

function storeOn(warehouse: ReturnType<typeof createControlTables>) {
  return createWarehouseProjectStore({ warehouse, database: 'db', clock: Date.now });
}

describe('projects and keys in the warehouse', () => {
  test('a key that another process has just made is known at once', async () => {
    const tables = createControlTables();
    const [here, there] = [storeOn(tables), storeOn(tables)];
    await here.createProject({ id: 'shop' });
    expect(await there.authenticate('sl_unknown')).toBeNull();
    const { key, secret } = await here.createKey({
      projectId: 'shop',
      name: 'w',
      scopes: ['write'],
    });
    expect(await there.authenticate(secret)).toEqual({
      keyId: key.id,
      projectId: 'shop',
      scopes: ['write'],
      allowedOrigins: [],
    });
  });

  test('a key made while a look at the tables is on its way is known at once', async () => {
    const tables = createControlTables();
    const [here, there] = [storeOn(tables), storeOn(tables)];
    await here.createProject({ id: 'shop' });
    let end = (): void => undefined;
    tables.state.slowBy = new Promise((resolve) => {
      end = resolve;
    });
    const early = there.authenticate('sl_unknown');
    tables.state.slowBy = Promise.resolve();
    const { secret } = await here.createKey({ projectId: 'shop', name: 'w', scopes: ['write'] });
    const late = there.authenticate(secret);
    end();
    expect(await early).toBeNull();
    expect(await late).not.toBeNull();
  });

  test('a secret that cannot be looked for is not called unknown', async () => {
    const tables = createControlTables();
    const store = storeOn(tables);
    await store.createProject({ id: 'shop' });
    expect(await store.authenticate('sl_unknown')).toBeNull();
    tables.state.isAway = true;
    await expect(store.authenticate('sl_other')).rejects.toMatchObject({
      code: 'WAREHOUSE_UNAVAILABLE',
    });
  });

  test('many unknown secrets at once ask the warehouse a few times', async () => {
    const tables = createControlTables();
    const store = storeOn(tables);
    await Promise.all(Array.from({ length: 200 }, (_, i) => store.authenticate(`sl_${i}`)));
    expect(tables.state.reads).toBeLessThanOrEqual(4);
  });

  test('what is known goes on answering while the warehouse is away', async () => {
    const tables = createControlTables();
    const store = storeOn(tables);
    await store.createProject({ id: 'shop', timeZone: 'Europe/Berlin' });
    const { secret } = await store.createKey({ projectId: 'shop', name: 'w', scopes: ['write'] });
    expect(await store.authenticate(secret)).not.toBeNull();
    tables.state.isAway = true;
    expect(await store.authenticate(secret)).not.toBeNull();
    expect((await store.project('shop'))?.timeZone).toBe('Europe/Berlin');
  });

  test('a revoked and an expired key are refused, and wrong input names its field', async () => {
    const store = storeOn(createControlTables());
    await store.createProject({ id: 'shop' });
    const { key, secret } = await store.createKey({
      projectId: 'shop',
      name: 'r',
      scopes: ['read'],
    });
    await store.revokeKey('shop', key.id);
    expect(await store.authenticate(secret)).toBeNull();
    await expect(
      store.createKey({
        projectId: 'shop',
        name: 'x',
        scopes: ['read'],
        expiresAt: '2001-01-01T00:00:00Z',
      }),
    ).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'expiresAt' } });
    await expect(store.createProject({ id: 'shop' })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(store.createProject({ id: 'A b' })).rejects.toMatchObject({
      details: { field: 'id' },
    });
    await expect(store.updateProject('shop', { name: 'x' }, 7)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(store.updateProject('shop', { timeZone: 'Mars/Base' })).rejects.toMatchObject({
      code: 'INVALID_TIME_ZONE',
    });
  });
});
