import { setMaxListeners } from 'node:events';
import type { Meter } from '../cost/meter.js';
import type { Tally } from '../cost/tally.js';
import type { DeadLetterOffice } from '../dead-letter/dead-letter-office.js';
import type { DefinitionStore } from '../definition/definition-store.js';
import { AppError } from '../errors.js';
import type { Ledger } from '../ledger/ledger.js';
import { joinScans } from '../metric/join-scans.js';
import { isListedOrigin } from '../project/origin.js';
import { hasScope, type Principal, type Project, type Scope } from '../project/project.js';
import type { ProjectStore } from '../project/project-store.js';
import type { ReportOffice } from '../report/report-office.js';
import type { WarehouseReader } from '../warehouse/warehouse.js';
import type { Costs } from './cost/costs.js';
import type { GatewayLimits } from './limits.js';
import { createTicking, type Ticking } from './live/ticking.js';
import type { AnswerOrigins } from './metric/answer-origin.js';
import type { Asking, Questions } from './questions.js';
import { looksLikeToken, type VerifyToken } from './token/verify-token.js';

/** What every resolver gets; made anew for each operation. */
export interface GatewayContext {
  readonly questions: Questions;
  readonly deadLetters: DeadLetterOffice;
  readonly definitions: DefinitionStore;
  readonly projects: ProjectStore;
  readonly ledger: Ledger;
  readonly reports: ReportOffice;
  readonly limits: GatewayLimits;
  /** What an operation of this caller would read, without running it. */
  readonly costs: Costs;
  /** What the engine has read for this operation. */
  readonly tally: Tally;
  /** Aborted when the caller has gone, or has ended a subscription. */
  readonly abort: AbortController;
  /** Where the answers given so far came from. */
  readonly origins: AnswerOrigins;
  /** {@link Questions.freshness}, asked once for each project. */
  freshness(asking: Asking): Promise<number | null>;
  /** Of a subscription: its last tick. */
  readonly ticking: Ticking;
  /** The same for the next result of a subscription: nothing of the result before is remembered. */
  anew(): GatewayContext;
  /** Who asks; null without a key. */
  readonly principal: Principal | null;
  /** The caller. @throws AppError `UNAUTHENTICATED` without a key, `FORBIDDEN` without the scope. */
  requireScope(scope: Scope): Principal;
  /**
   * The project an operation acts in, and the right to do so. This is the one place where it is
   * decided: a key acts in its own project; an admin key may name any project here.
   *
   * @throws AppError `UNAUTHENTICATED`, `FORBIDDEN`, or `NOT_FOUND` for an unknown project.
   */
  askIn(projectId: string | null | undefined, scope?: Scope): Promise<Asking>;
}

export interface ContextOptions {
  readonly principal: Principal | null;
  readonly questions: Questions;
  readonly deadLetters: DeadLetterOffice;
  readonly definitions: DefinitionStore;
  readonly projects: ProjectStore;
  readonly ledger: Ledger;
  readonly reports: ReportOffice;
  readonly limits: GatewayLimits;
  readonly costs: Costs;
  /** Counts what the operation reads. */
  readonly meter: Meter;
  readonly tally: Tally;
  readonly abort: AbortController;
  /** Left out: a new one. */
  readonly ticking?: Ticking;
}

export function createContext(options: ContextOptions): GatewayContext {
  const { principal, questions, deadLetters, projects, ledger, limits, costs, meter, abort } =
    options;
  const { definitions, reports, tally, ticking = createTicking() } = options;
  // Each statement of an operation listens, and one operation may ask for many tiles.
  setMaxListeners(0, abort.signal);
  // The tiles of one request share each look-up of a project,
  const found = new Map<string, Promise<Project | null>>();
  const projectOf = (id: string): Promise<Project | null> => {
    const known = found.get(id) ?? projects.project(id);
    found.set(id, known);
    return known;
  };
  // and scans of one table.
  const readers = new Map<string, WarehouseReader>();
  const readerOf = (projectId: string): WarehouseReader => {
    const known = readers.get(projectId) ?? joinScans(meter.reader(projectId));
    readers.set(projectId, known);
    return known;
  };
  const freshness = new Map<string, Promise<number | null>>();
  const requireScope = (scope: Scope): Principal => {
    if (principal === null) throw unauthenticated('expected a key, none was given');
    if (!hasScope(principal, scope)) {
      throw new AppError(
        'FORBIDDEN',
        `this needs a key with scope ${scope}; the key given has ${principal.scopes.join(', ')}`,
        { details: { requiredScope: scope, scopes: principal.scopes } },
      );
    }
    return principal;
  };
  return {
    questions,
    deadLetters,
    definitions,
    projects,
    ledger,
    reports,
    limits,
    costs,
    tally,
    abort,
    origins: new WeakMap(),
    freshness(asking) {
      const { id } = asking.project;
      const known = freshness.get(id) ?? questions.freshness(asking);
      freshness.set(id, known);
      return known;
    },
    ticking,
    anew: () => createContext({ ...options, ticking }),
    principal,
    requireScope,
    async askIn(projectId, scope = 'read') {
      const caller = requireScope(scope);
      const effective = projectId ?? caller.projectId;
      if (effective !== caller.projectId && !hasScope(caller, 'admin')) {
        throw new AppError(
          'FORBIDDEN',
          `project: a key acts in its own project ${caller.projectId}; only a key with scope admin may name another`,
          { details: { field: 'project', project: caller.projectId } },
        );
      }
      const project = await projectOf(effective);
      if (project === null) {
        throw new AppError('NOT_FOUND', `project: there is no project ${effective.slice(0, 80)}`, {
          details: { field: 'project' },
        });
      }
      const { pay } = meter;
      return { project, reader: readerOf(project.id), pay, signal: abort.signal };
    },
  };
}

/** Who knows keys and tokens. */
export interface Authorities {
  readonly projects: Pick<ProjectStore, 'authenticate'>;
  /** Null where tokens are not believed. */
  readonly verifyToken: VerifyToken | null;
}

/**
 * Who owns the key, or bears the token, of a request.
 *
 * @param origin The page that sends it, as its browser says.
 * @returns null when none was given. @throws AppError `UNAUTHENTICATED` when it is not in force,
 *   `FORBIDDEN` for a key that is not for this origin.
 */
export async function authenticate(
  { projects, verifyToken }: Authorities,
  secret: string | null,
  origin: string | undefined,
): Promise<Principal | null> {
  if (secret === null) return null;
  if (verifyToken !== null && looksLikeToken(secret)) return verifyToken(secret);
  const principal = await projects.authenticate(secret);
  if (principal === null) throw unauthenticated('the key given is unknown, revoked or expired');
  const { allowedOrigins = [] } = principal;
  if (allowedOrigins.length === 0) return principal;
  if (origin !== undefined && isListedOrigin(allowedOrigins, origin)) return principal;
  throw new AppError(
    'FORBIDDEN',
    `the key given is for pages of ${allowedOrigins.join(', ')}, not of ${origin ?? 'no origin'}`,
    { details: { field: 'origin', origin: origin ?? null } },
  );
}

/**
 * The key in headers, or in the payload of a WebSocket's `connection_init`: `authorization:
 * Bearer KEY`, else `x-sluice-key: KEY`. Null without either.
 *
 * @throws AppError `UNAUTHENTICATED` for an `authorization` of another kind.
 */
export function secretOf(headers: Readonly<Record<string, unknown>>): string | null {
  const authorization = headers.authorization;
  if (typeof authorization === 'string' && authorization !== '') {
    const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (bearer === undefined) throw unauthenticated('authorization: expected `Bearer KEY`');
    return bearer;
  }
  const key = headers['x-sluice-key'];
  return typeof key === 'string' && key !== '' ? key : null;
}

function unauthenticated(problem: string): AppError {
  return new AppError(
    'UNAUTHENTICATED',
    `${problem}; send it as \`authorization: Bearer KEY\` or \`x-sluice-key: KEY\``,
  );
}
