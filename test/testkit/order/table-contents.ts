import { statement } from '../../../src/warehouse/statement.js';
import type { TestWarehouse } from '../warehouse.js';

/** Of a table, by project: rows after merging and a digest of their set. */
export type TableContents = ReadonlyMap<string, { readonly rows: number; readonly digest: string }>;

/** What a replay or another order may change: which block brought a row, and when. */
const BESIDE_THE_EVENT = ['project_id', 'batch', 'queryable_at'];

/** Tables below bronze that forget nothing by age. */
const OWN_TABLES = `t.database = {database:String} AND t.engine LIKE '%MergeTree'
  AND match(t.name, '^(silver|gold)_') AND t.create_table_query NOT LIKE '% TTL %'`;

/**
 * Merges the parts that hundreds of small batches left, which is all that questions of many small
 * projects would spend their time on. Answers before any merge are asked elsewhere, and the
 * contents of the tables are compared before.
 */
export async function mergeParts({
  warehouse,
  database,
}: Pick<TestWarehouse, 'warehouse' | 'database'>): Promise<void> {
  const { rows } = await warehouse.query(
    statement<{ name: string }>(
      'test.tables',
      `SELECT t.name AS name FROM system.tables AS t WHERE ${OWN_TABLES}`,
      { database },
    ),
  );
  for (const { name } of rows) {
    await warehouse.execute(statement('test.merge', `OPTIMIZE TABLE ${database}.${name} FINAL`));
  }
}

/**
 * What every table below bronze holds, merged as questions see it. Where two projects agree in all
 * of them, no question can tell them apart.
 */
export async function tableContents({
  warehouse,
  database,
}: Pick<TestWarehouse, 'warehouse' | 'database'>): Promise<ReadonlyMap<string, TableContents>> {
  const { rows: columns } = await warehouse.query(
    statement<{ table: string; engine: string; name: string; type: string }>(
      'test.columns',
      `SELECT c.table AS table, t.engine AS engine, c.name AS name, c.type AS type
       FROM system.columns AS c INNER JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
       WHERE ${OWN_TABLES}
       ORDER BY c.table, c.position`,
      { database },
    ),
  );
  const contents = new Map<string, TableContents>();
  for (const table of new Set(columns.map((column) => column.table))) {
    const own = columns.filter((column) => column.table === table);
    const fields = own
      .filter(({ name }) => !BESIDE_THE_EVENT.includes(name))
      .map(({ name, type }) => (type.startsWith('Map(') ? `toString(${name})` : name));
    const final = own[0]?.engine === 'MergeTree' ? '' : ' FINAL';
    const { rows } = await warehouse.query(
      statement<{ project_id: string; n: number; digest: string }>(
        'test.contents',
        `SELECT toString(project_id) AS project_id, count() AS n, toString(sum(cityHash64(${fields.join(', ')}))) AS digest
         FROM ${database}.${table}${final} GROUP BY project_id`,
      ),
    );
    contents.set(
      table,
      new Map(rows.map((row) => [row.project_id, { rows: row.n, digest: row.digest }])),
    );
  }
  return contents;
}
