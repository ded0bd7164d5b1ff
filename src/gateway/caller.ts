import type { Account } from '../cost/budget.js';
import type { Meter } from '../cost/meter.js';
import type { Meters } from '../cost/meters.js';
import { type Tally, talliedMeter } from '../cost/tally.js';
import type { DeadLetterOffice } from '../dead-letter/dead-letter-office.js';
import type { DefinitionStore } from '../definition/definition-store.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Principal } from '../project/project.js';
import type { ProjectStore } from '../project/project-store.js';
import type { ReportOffice } from '../report/report-office.js';
import { authenticate, createContext, type GatewayContext } from './context.js';
import { type Costs, NO_COSTS } from './cost/costs.js';
import { estimateOperation } from './cost/estimate-operation.js';
import type { GatewayLimits } from './limits.js';
import type { Operations } from './operation.js';
import type { Questions } from './questions.js';
import type { VerifyToken } from './token/verify-token.js';

/** Makes contexts for callers; what stays the same from one operation to the next is bound. */
export interface Callers {
  /**
   * @param origin Header `origin` of the request.
   * @throws AppError `UNAUTHENTICATED` when the key is not in force, `FORBIDDEN` for its origin.
   */
  authenticate(secret: string | null, origin: string | undefined): Promise<Principal | null>;
  context(principal: Principal | null, abort: AbortController): GatewayContext;
}

export interface CallersOptions {
  readonly projects: ProjectStore;
  readonly verifyToken: VerifyToken | null;
  readonly questions: Questions;
  /** The same for estimates of cost, which nobody measures; default the same. */
  readonly dryQuestions?: Questions;
  readonly deadLetters: DeadLetterOffice;
  readonly definitions: DefinitionStore;
  readonly ledger: Ledger;
  readonly reports: ReportOffice;
  readonly limits: GatewayLimits;
  readonly operations: Operations;
  readonly meters: Meters;
  /** Rows that questions of a key may read within the window, where it has no budget of its own. */
  readonly budgetRows: number | null;
}

export function createCallers(options: CallersOptions): Callers {
  const { operations, meters, dryQuestions = options.questions, ...shared } = options;

  function context(principal: Principal | null, abort: AbortController): GatewayContext {
    const account = accountOf(principal, options.budgetRows);
    const withMeter = (given: Meter, costs: Costs, questions = shared.questions) => {
      const tally: Tally = { rowsRead: 0 };
      const meter = talliedMeter(given, tally);
      return createContext({ ...shared, questions, principal, abort, meter, tally, costs });
    };
    const costs: Costs = {
      of: (request) =>
        estimateOperation({
          request,
          operations,
          meters,
          account,
          contextOf: (dry) => withMeter(dry, NO_COSTS, dryQuestions),
        }),
    };
    return withMeter(meters.open(account), costs);
  }

  return { authenticate: (secret, origin) => authenticate(options, secret, origin), context };
}

function accountOf(principal: Principal | null, budgetRows: number | null): Account {
  const own = principal?.budgetRows;
  return { id: principal?.keyId ?? '', budgetRows: own === undefined ? budgetRows : own };
}
