import { type Statement, statement } from '../warehouse/statement.js';
import type { WarehouseReader } from '../warehouse/warehouse.js';

/** How long the sizes of tables are believed, ms. */
const SIZES_MS = 30_000;

/** How long an estimate is believed, ms, and how many are remembered. */
const ESTIMATE_MS = 30_000;
const REMEMBERED = 2_000;

/** How much one run weighs in what is learnt, and the most it may make of an estimate. */
const LEARNT_SHARE = 0.2;
const MAX_FACTOR = 8;

/** Tells how many rows a statement would read, without running it. */
export interface RowEstimator {
  /**
   * No statement on these tables reads more: the rows of every table it names, once per mention.
   * From sizes remembered for half a minute, so as a rule without asking the engine.
   */
  atMost(asked: Statement<unknown>): Promise<number>;
  /**
   * What the engine's index says: the rows of all granules that the statement's conditions leave,
   * which is what a run would count as read. A few milliseconds, remembered for half a minute.
   */
  estimate(asked: Statement<unknown>): Promise<number>;
  /**
   * Tells what a run has really read. The index does not know of the sets that conditions are made
   * of; statements of one name read about as much more, so later estimates grow by that share.
   */
  learn(asked: Statement<unknown>, rowsRead: number): void;
}

export interface RowEstimatorOptions {
  readonly warehouse: Pick<WarehouseReader, 'query'>;
  readonly database: string;
  /** Time in ms since 1970. */
  readonly clock: () => number;
}

interface Remembered {
  readonly at: number;
  readonly rows: Promise<number>;
  /** What `rows` resolved to. */
  known: number | null;
}

interface Sizes {
  readonly at: number;
  readonly rows: Promise<ReadonlyMap<string, number>>;
}

export function createRowEstimator(options: RowEstimatorOptions): RowEstimator {
  const { warehouse, database, clock } = options;
  const remembered = new Map<string, Remembered>();
  const factors = new Map<string, number>();
  const mention = new RegExp(`\\b${database}\\.(\\w+)`, 'g');
  let sizes: Sizes | null = null;

  async function loadSizes(): Promise<ReadonlyMap<string, number>> {
    const { rows } = await warehouse.query(sizesStatement(database));
    return new Map(rows.map((row) => [row.table, row.rows]));
  }

  function sizesNow(): Promise<ReadonlyMap<string, number>> {
    if (sizes !== null && clock() - sizes.at <= SIZES_MS) return sizes.rows;
    const made: Sizes = { at: clock(), rows: loadSizes() };
    sizes = made;
    made.rows.catch(() => {
      if (sizes === made) sizes = null;
    });
    return made.rows;
  }

  async function ask({ name, sql, params, settings }: Statement<unknown>): Promise<number> {
    const explained = statement<{ readonly rows: number }>(
      `cost.${name}`,
      `EXPLAIN ESTIMATE ${sql}`,
      params,
      settings,
    );
    const { rows } = await warehouse.query(explained);
    return rows.reduce((sum, row) => sum + row.rows, 0);
  }

  function fromIndex(asked: Statement<unknown>): Promise<number> {
    const key = keyOf(asked);
    const known = remembered.get(key);
    if (known !== undefined && clock() - known.at <= ESTIMATE_MS) return known.rows;
    const made: Remembered = { at: clock(), rows: ask(asked), known: null };
    made.rows.then(
      (rows) => {
        made.known = rows;
      },
      () => remembered.delete(key),
    );
    const oldest = remembered.keys().next();
    if (remembered.size >= REMEMBERED && oldest.done !== true) remembered.delete(oldest.value);
    remembered.delete(key);
    remembered.set(key, made);
    return made.rows;
  }

  return {
    async atMost({ sql }) {
      const rows = await sizesNow();
      let sum = 0;
      for (const [, table = ''] of sql.matchAll(mention)) sum += rows.get(table) ?? 0;
      return sum;
    },

    async estimate(asked) {
      // It tells of granules itself and reads none.
      if (/^\s*EXPLAIN\b/.test(asked.sql)) return 0;
      return Math.ceil((await fromIndex(asked)) * (factors.get(asked.name) ?? 1));
    },

    learn(asked, rowsRead) {
      // Most statements run without a look at the index.
      if (remembered.size === 0) return;
      const said = remembered.get(keyOf(asked))?.known ?? 0;
      if (said === 0) return;
      const factor = Math.min(MAX_FACTOR, Math.max(1, rowsRead / said));
      const before = factors.get(asked.name) ?? 1;
      factors.set(asked.name, before + LEARNT_SHARE * (factor - before));
    },
  };
}

function keyOf({ sql, params }: Statement<unknown>): string {
  return JSON.stringify([sql, params]);
}

/** Rows per table of a database, copies that merges have not removed yet included. */
function sizesStatement(database: string) {
  return statement<{ readonly table: string; readonly rows: number }>(
    'cost.table_sizes',
    `SELECT name AS table, ifNull(total_rows, 0) AS rows
FROM system.tables
WHERE database = {database:String}`,
    { database },
  );
}
