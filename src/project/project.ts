import type { ChannelRules } from '../channel/source-category.js';

/** A project: one tenant, whose events, settings and keys nobody else sees. */
export interface Project {
  /** 1–64 characters of `a-z 0-9 - _`; part of every key of every table. */
  readonly id: string;
  readonly name: string;
  /** IANA zone in which days, weeks and months are cut unless a question names another. */
  readonly timeZone: string;
  /** Inactivity in seconds beyond which a session without a client id ends; default 1800. */
  readonly sessionTimeoutSeconds: number;
  /** Hosts whose referrals count as internal. */
  readonly linkedDomains: readonly string[];
  /** Sources whose kind of place the project knows better than the list of the product. */
  readonly channelRules: ChannelRules;
  /** Origins (`https://shop.example`) that may post from a browser; empty means any. */
  readonly allowedOrigins: readonly string[];
  /** Rises with every change; used for optimistic updates. */
  readonly version: number;
}

/** What a key may do. `admin` includes all others; `importer` includes `write`. */
export type Scope = 'write' | 'read' | 'importer' | 'admin';

export const SCOPES: readonly Scope[] = ['write', 'read', 'importer', 'admin'];

/** Which scopes a granted scope stands for. */
const IMPLIED: Readonly<Record<Scope, readonly Scope[]>> = {
  write: ['write'],
  read: ['read'],
  importer: ['importer', 'write'],
  admin: ['admin', 'importer', 'write', 'read'],
};

/** Who is asking: the result of checking a key. */
export interface Principal {
  readonly keyId: string;
  readonly projectId: string;
  readonly scopes: readonly Scope[];
  /** Rows that its questions may read within the window; left out: as the installation says; null: any number. */
  readonly budgetRows?: number | null;
  /** Origins whose pages alone may ask with it; empty or left out: anybody who has it. */
  readonly allowedOrigins?: readonly string[];
}

/** Whether the principal's scopes include `scope`, directly or by implication. */
export function hasScope(principal: Pick<Principal, 'scopes'>, scope: Scope): boolean {
  return principal.scopes.some((granted) => IMPLIED[granted].includes(scope));
}

/** A key as listed: never with its secret. */
export interface ApiKey {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Last four characters, to recognise a key. */
  readonly hint: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  /** Origins whose pages alone may ask with it; empty: anybody who has it. */
  readonly allowedOrigins: readonly string[];
  /** Rows that its questions may read within the window; null: as the installation says. */
  readonly budgetRows: number | null;
  /** Latest use that was noted, to within a minute, ISO 8601; null: none. */
  readonly lastUsedAt: string | null;
}
