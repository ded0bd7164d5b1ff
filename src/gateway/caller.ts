import type { DeadLetterOffice } from '../dead-letter/dead-letter-office.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Principal } from '../project/project.js';
import type { ProjectStore } from '../project/project-store.js';
import { authenticate, createContext, type GatewayContext } from './context.js';
import type { GatewayLimits } from './limits.js';
import type { Questions } from './questions.js';

/** Makes contexts for callers; what stays the same from one operation to the next is bound. */
export interface Callers {
  /** @throws AppError `UNAUTHENTICATED` when the key is not in force. */
  authenticate(secret: string | null): Promise<Principal | null>;
  context(principal: Principal | null, abort: AbortController): GatewayContext;
}

export interface CallersOptions {
  readonly projects: ProjectStore;
  readonly questions: Questions;
  readonly deadLetters: DeadLetterOffice;
  readonly ledger: Ledger;
  readonly limits: GatewayLimits;
}

export function createCallers(options: CallersOptions): Callers {
  return {
    authenticate: (secret) => authenticate(options.projects, secret),
    context: (principal, abort) => createContext({ ...options, principal, abort }),
  };
}
