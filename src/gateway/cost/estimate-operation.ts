import type { Account } from '../../cost/budget.js';
import type { Meter } from '../../cost/meter.js';
import type { Meters } from '../../cost/meters.js';
import { AppError } from '../../errors.js';
import type { GatewayContext } from '../context.js';
import { kindOf, type Operations } from '../operation.js';
import type { OperationRequest } from '../operation-request.js';
import type { OperationCost } from './costs.js';

export interface EstimateInput {
  readonly request: OperationRequest;
  readonly operations: Operations;
  readonly meters: Meters;
  readonly account: Account;
  contextOf(meter: Meter): GatewayContext;
}

/**
 * Runs a query on a meter whose statements answer with nothing, and adds up what they would read.
 *
 * @throws AppError `BAD_USER_INPUT` for what is no query, and the first error of the query itself.
 */
export async function estimateOperation(input: EstimateInput): Promise<OperationCost> {
  const { request, operations, meters, account } = input;
  const meter = meters.openDry();
  const prepared = operations.prepare(request, input.contextOf(meter));
  if (!('document' in prepared)) throw prepared[0];
  if (kindOf(prepared) !== 'query') {
    throw new AppError('BAD_USER_INPUT', 'query: expected one query, or its operationName', {
      details: { field: 'query' },
    });
  }
  for await (const { errors } of await operations.run(prepared)) {
    if (errors?.[0] !== undefined) throw errors[0];
  }
  const statements = meter.rows();
  const rows = [...statements.values()].reduce((sum, each) => sum + each, 0);
  return { rows, statements, check: await meters.check(account, rows) };
}
