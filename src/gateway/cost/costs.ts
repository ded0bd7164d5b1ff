import type { CostCheck } from '../../cost/budget.js';
import { AppError } from '../../errors.js';
import type { OperationRequest } from '../operation-request.js';

/** What an operation would cost. */
export interface OperationCost {
  /** Rows that all its statements would read. */
  readonly rows: number;
  /** Rows per statement. */
  readonly statements: ReadonlyMap<string, number>;
  /** What it would mean for the caller's budget; null without one. */
  readonly check: CostCheck | null;
}

/** Tells the cost of operations beforehand, for one caller. */
export interface Costs {
  /**
   * Runs everything of a query but its statements, whose rows are estimated by the engine's index.
   *
   * @throws AppError `BAD_USER_INPUT` for what is no single query; what the operation itself would
   *   be refused for.
   */
  of(request: OperationRequest): Promise<OperationCost>;
}

/** The cost of asking for a cost is not asked for. */
export const NO_COSTS: Costs = {
  async of() {
    throw new AppError('BAD_USER_INPUT', 'query: expected questions other than `cost`', {
      details: { field: 'query' },
    });
  },
};
