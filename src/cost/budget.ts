import { AppError } from '../errors.js';

/** Whose rows are counted: a key, or a caller known by a token. */
export interface Account {
  readonly id: string;
  /** Rows that statements may read within the window; null: no budget. */
  readonly budgetRows: number | null;
}

/** What an account has read lately. */
export interface Usage {
  /** Rows of the fixed window that runs now, and of the one before it. */
  readonly current: number;
  readonly previous: number;
  /** How much of the window that runs now has passed, 0 to 1. */
  readonly passed: number;
}

/**
 * Rows within the sliding window: those of the fixed window that runs now, and of the one before it
 * the share that the sliding window still covers, as if they had been read evenly.
 */
export function usedRows({ current, previous, passed }: Usage): number {
  return Math.max(0, current + previous * (1 - passed));
}

/**
 * How long an account waits until `cost` more rows fit into its budget, in windows (0: they fit
 * now); null when they never will, since the cost alone is larger.
 */
export function windowsUntilFits(usage: Usage, budget: number, cost: number): number | null {
  const room = budget - cost;
  if (room < 0) return null;
  if (usedRows(usage) <= room) return 0;
  const { current, previous, passed } = usage;
  // Within this window only the rows of the one before it slide out.
  if (current <= room) return 1 - (room - current) / previous - passed;
  return 1 - passed + (1 - room / current);
}

/** What a question would cost, and what its asker may spend. Rows, as the engine counts them. */
export interface CostCheck {
  readonly cost: number;
  readonly budget: number;
  readonly used: number;
  readonly windowSeconds: number;
  /** When the cost fits, ISO 8601; null: never, the cost is larger than the budget. */
  readonly resetsAt: string | null;
}

/** The refusal of a question that its asker cannot afford. */
export function costExceeded(check: CostCheck): AppError {
  const { cost, budget, used, windowSeconds, resetsAt } = check;
  const until = resetsAt === null ? 'narrow the question' : `ask again at ${resetsAt}`;
  return new AppError(
    'COST_EXCEEDED',
    `the question reads about ${cost} rows; of the key's ${budget} rows per ${windowSeconds} s, ${used} are used: ${until}`,
    { isRetryable: resetsAt !== null, details: { ...check } },
  );
}
