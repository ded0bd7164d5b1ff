import { Args, Ctx, Query, Resolver } from 'type-graphql';
import type { GatewayContext } from '../context.js';
import { CostArgs } from './cost.args.js';
import { Cost } from './cost.type.js';
import type { OperationCost } from './costs.js';

/** Asks before asking. */
@Resolver()
export class CostResolver {
  @Query(() => Cost, {
    description:
      'What a query would cost, without running it. Rows are what the engine would read, estimated from its index.',
  })
  async cost(
    @Args(() => CostArgs) args: CostArgs,
    @Ctx() { costs, requireScope }: GatewayContext,
  ): Promise<Cost> {
    requireScope('read');
    return costAnswer(await costs.of(args));
  }
}

function costAnswer({ rows, statements, check }: OperationCost): Cost {
  return {
    rows,
    statements: [...statements.keys()],
    statementRows: [...statements.values()],
    isAffordable: check === null || check.used + check.cost <= check.budget,
    budgetRows: check?.budget ?? null,
    usedRows: check?.used ?? null,
    windowSeconds: check?.windowSeconds ?? null,
    resetsAt: check?.resetsAt ?? null,
  };
}
