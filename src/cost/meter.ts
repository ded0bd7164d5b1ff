import DataLoader from 'dataloader';
import { AppError } from '../errors.js';
import type { Statement } from '../warehouse/statement.js';
import type { QueryOptions, WarehouseReader } from '../warehouse/warehouse.js';
import { type Account, costExceeded } from './budget.js';
import type { Budgets } from './budgets.js';
import type { RowEstimator } from './estimate-rows.js';

/** Statements that surely read less than this share of what is left run without a closer look. */
const SMALL_SHARE = 1 / 8;

/** What one request reads, of whatever project it may. */
export interface Meter {
  /**
   * Statements about one project. Each must bind the project's id: what names none is refused
   * here, whoever built it.
   */
  reader(projectId: string): WarehouseReader;
  /**
   * Charges rows that were read for somebody else and serve this account too. Left out where
   * nothing is run, so nothing can be shared.
   *
   * @throws AppError `COST_EXCEEDED` when they go beyond the budget; nothing is charged then.
   */
  readonly pay?: (rows: number) => Promise<void>;
}

/** A meter that runs nothing, and the rows that its statements would read. */
export interface DryMeter extends Meter {
  /** Rows per statement name, in the order of the first mention. */
  rows(): ReadonlyMap<string, number>;
}

export interface MeterOptions {
  /** Runs what is admitted, under the limits of the gateway. */
  readonly warehouse: WarehouseReader;
  readonly estimator: RowEstimator;
  readonly budgets: Budgets;
  /** Setting that tells the project to row policies of a server; left out: there are none. */
  readonly projectSetting?: string;
}

/**
 * Opens the account of a request: what its statements read is estimated before they run, refused
 * when it goes beyond the budget, and charged by what the engine has read.
 *
 * Statements of one tick are admitted together, so the tiles of a request run all or none.
 */
export function openMeter(
  { warehouse, estimator, budgets, projectSetting }: MeterOptions,
  account: Account,
): Meter {
  const admission = new DataLoader<Statement<unknown>, number, unknown>(admitAll, { cache: false });

  async function admitAll(asked: readonly Statement<unknown>[]): Promise<readonly number[]> {
    const most = await Promise.all(asked.map((each) => estimator.atMost(each)));
    const small = await budgets.check(account, sum(most));
    if (small === null) return most.map(() => 0);
    if (sum(most) <= (small.budget - small.used) * SMALL_SHARE) return take(most);
    const rows = await Promise.all(asked.map((each) => estimator.estimate(each)));
    const check = await budgets.check(account, sum(rows));
    if (check !== null && check.used + check.cost > check.budget) throw costExceeded(check);
    return take(rows);
  }

  /** Charges beforehand, so that what runs at the same time sees it. */
  async function take(rows: readonly number[]): Promise<readonly number[]> {
    await budgets.charge(account, sum(rows));
    return rows;
  }

  async function metered<T>(
    asked: Statement<unknown>,
    run: () => Promise<T>,
    rowsOf: (result: T) => number | Promise<number>,
  ): Promise<T> {
    if (account.budgetRows === null) return run();
    const taken = await admission.load(asked);
    let rows = taken;
    try {
      const result = await run();
      rows = await rowsOf(result);
      estimator.learn(asked, rows);
      return result;
    } finally {
      await budgets.charge(account, rows - taken);
    }
  }

  return {
    async pay(rows) {
      const check = await budgets.check(account, rows);
      if (check !== null && check.used + check.cost > check.budget) throw costExceeded(check);
      await budgets.charge(account, rows);
    },
    reader: (projectId) => ({
      async query<Row>(given: Statement<Row>, options?: QueryOptions) {
        const asked = heldTo(projectId, given, projectSetting);
        return metered(
          asked,
          () => warehouse.query(asked, options),
          ({ rowsRead }) => rowsRead,
        );
      },
      async queryBytes(given, format, options) {
        const asked = heldTo(projectId, given, projectSetting);
        return metered(
          asked,
          () => warehouse.queryBytes(asked, format, options),
          // Bytes come without statistics.
          () => estimator.estimate(asked),
        );
      },
    }),
  };
}

/** A meter on which every statement answers with no rows at once, for its cost alone. */
export function openDryMeter({
  estimator,
  projectSetting,
}: Pick<MeterOptions, 'estimator' | 'projectSetting'>): DryMeter {
  const rowsByName = new Map<string, number>();

  async function count(asked: Statement<unknown>): Promise<void> {
    const rows = await estimator.estimate(asked);
    rowsByName.set(asked.name, (rowsByName.get(asked.name) ?? 0) + rows);
  }

  return {
    rows: () => rowsByName,
    reader: (projectId) => ({
      async query(asked) {
        await count(heldTo(projectId, asked, projectSetting));
        return { rows: [], rowsRead: 0, elapsedMs: 0 };
      },
      async queryBytes(asked) {
        await count(heldTo(projectId, asked, projectSetting));
        return Buffer.alloc(0);
      },
    }),
  };
}

/**
 * The statement, which tells a server its project too.
 *
 * @throws AppError `INTERNAL` when it does not bind the id of the project.
 */
export function heldTo<Row>(
  projectId: string,
  asked: Statement<Row>,
  projectSetting: string | undefined,
): Statement<Row> {
  if (!Object.values(asked.params).includes(projectId)) {
    const { name } = asked;
    throw new AppError('INTERNAL', `the statement ${name} does not name the project it is about`);
  }
  if (projectSetting === undefined) return asked;
  return { ...asked, settings: { ...asked.settings, [projectSetting]: projectId } };
}

function sum(rows: readonly number[]): number {
  return rows.reduce((total, each) => total + each, 0);
}
