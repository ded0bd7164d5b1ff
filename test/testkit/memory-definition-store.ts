import type { DefinitionRow } from '../../src/definition/definition-statement.js';
import type { DefinitionStore } from '../../src/definition/definition-store.js';
import { createWarehouseDefinitionStore } from '../../src/definition/warehouse-definition-store.js';
import type { Statement } from '../../src/warehouse/statement.js';
import type { InsertBlock, QueryResult } from '../../src/warehouse/warehouse.js';

/**
 * `control_definitions` in memory, as the engine keeps it: the highest version of each definition,
 * and nothing of a block whose token it knows.
 */
export function createDefinitionTable() {
  const rows = new Map<string, DefinitionRow & { readonly projectId: string }>();
  const tokens = new Set<string>();
  const state = { reads: 0, slowBy: Promise.resolve() };
  const nameOf = (column: string): string =>
    column === 'definition_id'
      ? 'id'
      : column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return {
    state,
    async insert({ columns, rows: given, token }: InsertBlock): Promise<void> {
      if (tokens.has(token)) return;
      tokens.add(token);
      for (const cells of given) {
        const row = Object.fromEntries(
          columns.map((column, index) => [nameOf(column), cells[index]]),
        ) as unknown as DefinitionRow & { readonly projectId: string };
        const key = `${row.projectId}/${row.id}`;
        if ((rows.get(key)?.version ?? 0) <= row.version) rows.set(key, row);
      }
    },
    async query<Row>({ params }: Statement<Row>): Promise<QueryResult<Row>> {
      state.reads += 1;
      const [projectId] = Object.values(params);
      const found = [...rows.values()]
        .filter((row) => row.projectId === projectId)
        .map(({ projectId: _projectId, ...row }) => row)
        .sort((a, b) => (`${a.createdAt}${a.id}` < `${b.createdAt}${b.id}` ? -1 : 1));
      await state.slowBy;
      return { rows: found as Row[], rowsRead: found.length, elapsedMs: 0 };
    },
  };
}

/** A definition store in memory, with nothing in it. */
export function createMemoryDefinitionStore(): DefinitionStore {
  const warehouse = createDefinitionTable();
  return createWarehouseDefinitionStore({ warehouse, database: 'memory', clock: Date.now });
}
