import type { Logger } from 'pino';
import type { Cache } from '../cache/cache.js';
import { messageOf } from '../errors.js';
import { type Account, type CostCheck, type Usage, usedRows, windowsUntilFits } from './budget.js';

/** What accounts have read, kept in a cache that all gateways share. */
export interface Budgets {
  /** What `cost` more rows would mean for an account; null when it has no budget. */
  check(account: Account, cost: number): Promise<CostCheck | null>;
  /** Adds rows to what an account has read; a negative number gives back. Never rejects. */
  charge(account: Account, rows: number): Promise<void>;
}

export interface BudgetsOptions {
  readonly cache: Pick<Cache, 'add'>;
  /** Stands in for a cache of all gateways while it is away; left out: it is of this process. */
  readonly local?: Pick<Cache, 'add'>;
  /** Time in ms since 1970. */
  readonly clock: () => number;
  readonly windowSeconds: number;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * Counts rows per account in fixed windows, two of which make the sliding one (`usedRows`). Counting
 * by adding alone needs no lock, whatever the number of gateways. While the shared cache is away
 * each gateway counts for itself, so budgets are wider then, but never absent.
 */
export function createBudgets(options: BudgetsOptions): Budgets {
  const { clock, windowSeconds, log } = options;
  const windowMs = windowSeconds * 1000;

  async function add(key: string, amount: number): Promise<number> {
    // Two windows and a bit: the one before the last is not asked for any more.
    const ttlMs = 2 * windowMs + 1000;
    if (options.local === undefined) return options.cache.add(key, amount, ttlMs);
    const local = options.local.add(key, amount, ttlMs);
    try {
      return await options.cache.add(key, amount, ttlMs);
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'budgets are counted by this process alone');
      return local;
    }
  }

  const keyOf = ({ id }: Account, window: number): string =>
    `budget/${id}/${windowSeconds}/${window}`;

  async function usageOf(account: Account, now: number): Promise<Usage> {
    const window = Math.floor(now / windowMs);
    const [current, previous] = await Promise.all([
      add(keyOf(account, window), 0),
      add(keyOf(account, window - 1), 0),
    ]);
    return { current, previous, passed: (now % windowMs) / windowMs };
  }

  return {
    async check(account, cost) {
      const { budgetRows: budget } = account;
      if (budget === null) return null;
      const now = clock();
      const usage = await usageOf(account, now);
      const wait = windowsUntilFits(usage, budget, cost);
      return {
        cost,
        budget,
        used: Math.ceil(usedRows(usage)),
        windowSeconds,
        resetsAt: wait === null ? null : new Date(now + Math.ceil(wait * windowMs)).toISOString(),
      };
    },

    async charge(account, rows) {
      if (account.budgetRows === null || rows === 0) return;
      await add(keyOf(account, Math.floor(clock() / windowMs)), Math.round(rows));
    },
  };
}
