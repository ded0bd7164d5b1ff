import type { ChannelRules } from '../channel/source-category.js';
import type { ApiKey, Principal, Project, Scope } from './project.js';

export interface NewProject {
  readonly id: string;
  readonly name?: string;
  readonly timeZone?: string;
  readonly sessionTimeoutSeconds?: number;
  readonly linkedDomains?: readonly string[];
  readonly channelRules?: ChannelRules;
  readonly allowedOrigins?: readonly string[];
}

export interface ProjectChanges {
  readonly name?: string;
  readonly timeZone?: string;
  readonly sessionTimeoutSeconds?: number;
  readonly linkedDomains?: readonly string[];
  readonly channelRules?: ChannelRules;
  readonly allowedOrigins?: readonly string[];
}

export interface NewKey {
  readonly projectId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** ISO 8601; null or absent: never. */
  readonly expiresAt?: string | null;
  /** Origins whose pages alone may ask with it; absent or empty: anybody who has it. */
  readonly allowedOrigins?: readonly string[];
  /** Rows that its questions may read within the window; null or absent: as the installation says. */
  readonly budgetRows?: number | null;
}

/** A key just made. The secret is shown this once; only its hash is kept. */
export interface IssuedKey {
  readonly key: ApiKey;
  readonly secret: string;
}

/**
 * Projects and keys, kept in the warehouse and remembered for a few seconds by each process; what
 * is remembered goes on answering while the warehouse is away.
 */
export interface ProjectStore {
  /** Who owns this secret; null when it is unknown, revoked or expired. */
  authenticate(secret: string): Promise<Principal | null>;
  /** The project's settings in force; null when there is none. */
  project(projectId: string): Promise<Project | null>;
  projects(): Promise<readonly Project[]>;
  /** @throws AppError `CONFLICT` when the id is taken, `BAD_USER_INPUT` naming a wrong field. */
  createProject(input: NewProject): Promise<Project>;
  /** @throws AppError `NOT_FOUND`, `BAD_USER_INPUT`, or `CONFLICT` when `expectedVersion` is not in force. */
  updateProject(
    projectId: string,
    changes: ProjectChanges,
    expectedVersion?: number,
  ): Promise<Project>;
  keys(projectId: string): Promise<readonly ApiKey[]>;
  createKey(input: NewKey): Promise<IssuedKey>;
  /**
   * Makes a key with the name, scopes and rules of another, which ends after `graceSeconds` (0: at
   * once), so that clients can be changed one after the other.
   *
   * @throws AppError `NOT_FOUND`; `BAD_USER_INPUT` for a key no longer in force, or a grace that is
   *   not from 0 to 30 days.
   */
  rotateKey(projectId: string, keyId: string, graceSeconds: number): Promise<IssuedKey>;
  /** Revokes at once in this process and within seconds in others. @throws AppError `NOT_FOUND`. */
  revokeKey(projectId: string, keyId: string): Promise<ApiKey>;
}
