import { describe, expect, test } from '@jest/globals';
import type { NewDefinition } from '../../../src/definition/definition-store.js';
import { createWarehouseDefinitionStore } from '../../../src/definition/warehouse-definition-store.js';
import type { Warehouse } from '../../../src/warehouse/warehouse.js';
import { createDefinitionTable } from '../../testkit/memory-definition-store.js';

function storeOn(warehouse: Pick<Warehouse, 'query' | 'insert'>) {
  return createWarehouseDefinitionStore({ warehouse, database: 'db', clock: Date.now });
}

const goal = (id: string, usedIds: readonly string[] = []): NewDefinition => ({
  id,
  kind: 'goal',
  name: `Goal ${id}`,
  content: { event: 'signup' },
  usedIds,
});

describe('definitions in the warehouse', () => {
  test('what another process has just made is found at once', async () => {
    const table = createDefinitionTable();
    const [here, there] = [storeOn(table), storeOn(table)];
    expect(await there.definition('shop', 'signup')).toBeNull();
    const made = await here.create('shop', goal('signup'));
    expect(await there.definition('shop', 'signup')).toEqual(made);
    expect(made).toMatchObject({ version: 1, description: '', content: { event: 'signup' } });
  });

  test('what is known is not looked up again, and unknown ids ask a few times', async () => {
    const table = createDefinitionTable();
    const store = storeOn(table);
    await store.create('shop', goal('signup'));
    const before = table.state.reads;
    await Promise.all(Array.from({ length: 100 }, () => store.definition('shop', 'signup')));
    expect(table.state.reads).toBe(before);
    await Promise.all(Array.from({ length: 100 }, (_, i) => store.definition('shop', `no-${i}`)));
    expect(table.state.reads - before).toBeLessThanOrEqual(2);
  });

  test('a change needs the version in force, and tells it', async () => {
    const store = storeOn(createDefinitionTable());
    await store.create('shop', goal('signup'));
    const changed = await store.update('shop', 'signup', { name: 'New' }, 1);
    expect(changed).toMatchObject({ version: 2, name: 'New', content: { event: 'signup' } });
    await expect(store.update('shop', 'signup', { name: 'Late' }, 1)).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { field: 'expectedVersion', version: 2 },
    });
    await expect(store.delete('shop', 'signup', 1)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(store.update('shop', 'none', { name: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('of many processes that change one version at the same moment one does', async () => {
    const table = createDefinitionTable();
    const stores = Array.from({ length: 8 }, () => storeOn(table));
    await stores[0]?.create('shop', goal('signup'));
    const results = await Promise.allSettled(
      stores.map((store, index) => store.update('shop', 'signup', { name: `By ${index}` }, 1)),
    );
    const done = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(done).toHaveLength(1);
    expect(await storeOn(table).definition('shop', 'signup')).toEqual(done[0]);
    for (const each of results) {
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'CONFLICT' });
    }
  });

  test('what was being read while a definition changed is not believed', async () => {
    const table = createDefinitionTable();
    let end = (): void => undefined;
    let reading: Promise<unknown> = Promise.resolve();
    const store = storeOn({
      query: table.query,
      async insert(block) {
        // A look that begins before the write, and ends after it.
        table.state.slowBy = new Promise((resolve) => {
          end = resolve;
        });
        reading = store.definitions('shop');
        table.state.slowBy = Promise.resolve();
        await table.insert(block);
      },
    });
    await store.create('shop', goal('signup'));
    end();
    await reading;
    await store.update('shop', 'signup', { name: 'New' });
    end();
    await reading;
    expect(await store.definition('shop', 'signup')).toMatchObject({ version: 2, name: 'New' });
  });

  test('nothing that is used is deleted, and who uses it is told', async () => {
    const store = storeOn(createDefinitionTable());
    await store.create('shop', goal('a'));
    await store.create('shop', goal('b', ['a']));
    await expect(store.delete('shop', 'a')).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('goal b (Goal b)'),
      details: { field: 'id', usedBy: ['b'] },
    });
    await store.delete('shop', 'b');
    await store.delete('shop', 'a');
    expect(await store.definitions('shop')).toEqual([]);
    expect(await store.definition('shop', 'a')).toBeNull();
    // The id may be used again, and its versions go on.
    expect(await store.create('shop', goal('a'))).toMatchObject({ version: 3 });
  });

  test('a definition uses what is there, and never itself', async () => {
    const store = storeOn(createDefinitionTable());
    await expect(store.create('shop', goal('b', ['a']))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await store.create('shop', goal('a'));
    await store.create('shop', goal('b', ['a']));
    await store.create('shop', goal('c', ['b']));
    for (const used of ['a', 'b', 'c']) {
      const loop = store.update('shop', 'a', { usedIds: [used] });
      await expect(loop).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
  });

  test('each project has its own', async () => {
    const store = storeOn(createDefinitionTable());
    await store.create('shop', goal('a'));
    await store.create('other', { ...goal('a'), name: 'Theirs' });
    expect((await store.definitions('shop')).map(({ name }) => name)).toEqual(['Goal a']);
    expect(await store.definition('nobody', 'a')).toBeNull();
    await store.delete('other', 'a');
    expect(await store.definition('shop', 'a')).not.toBeNull();
  });

  test('wrong input names its field', async () => {
    const store = storeOn(createDefinitionTable());
    await store.create('shop', goal('a'));
    await expect(store.create('shop', goal('a'))).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { field: 'definitionId' },
    });
    const wrong = [
      ['definitionId', goal('A b')],
      ['name', { ...goal('x'), name: ' ' }],
      ['name', { ...goal('x'), name: 'x'.repeat(201) }],
      ['description', { ...goal('x'), description: 'x'.repeat(2_001) }],
      ['content', { ...goal('x'), content: { event: 'x'.repeat(200_001) } }],
    ] as const;
    for (const [field, made] of wrong) {
      await expect(store.create('shop', made)).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        details: { field },
      });
    }
  });
});
