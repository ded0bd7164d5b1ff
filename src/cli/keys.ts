import type { ServerSession } from './server-session.js';

interface KeyRow {
  readonly keyId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly hint: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly allowedOrigins: readonly string[];
  readonly lastUsedAt: string | null;
}

const FIELDS = 'keyId name scopes hint createdAt expiresAt revokedAt allowedOrigins lastUsedAt';

/** What a key is made of, as written on the command line. */
export interface KeyFlags {
  readonly scopes: string;
  readonly project: string;
  readonly expiresAt?: string;
  readonly origins?: string;
  readonly budgetRows?: string;
}

interface UserErrors {
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

export async function listKeys(session: ServerSession, project: string): Promise<void> {
  const { keys } = await session.ask<{ keys: readonly KeyRow[] }>(
    `query SluiceKeys($project: ID) { keys(project: $project) { ${FIELDS} } }`,
    { project },
  );
  for (const key of keys) process.stdout.write(`${describe(key)}\n`);
}

/** Makes a key and returns its secret; used by commands that need one for a while. */
export async function issueKey(
  session: ServerSession,
  input: {
    readonly project: string;
    readonly name: string;
    readonly scopes: readonly string[];
    readonly expiresAt?: string;
    readonly allowedOrigins?: readonly string[];
    readonly budgetRows?: number;
  },
): Promise<{ readonly keyId: string; readonly secret: string }> {
  const { project, ...rest } = input;
  const { createKey: payload } = await session.ask<{
    createKey: UserErrors & { key: KeyRow | null; secret: string | null };
  }>(
    `mutation SluiceCreateKey($input: CreateKeyInput!) {
       createKey(input: $input) { key { ${FIELDS} } secret userErrors { code message } }
     }`,
    {
      input: {
        ...rest,
        projectId: project,
        scopes: input.scopes.map((scope) => scope.toUpperCase()),
      },
    },
  );
  refuse(payload);
  return { keyId: payload.key?.keyId ?? '', secret: payload.secret ?? '' };
}

export async function withdrawKey(
  session: ServerSession,
  projectId: string,
  keyId: string,
): Promise<void> {
  const { revokeKey: payload } = await session.ask<{ revokeKey: UserErrors }>(
    `mutation SluiceRevokeKey($input: RevokeKeyInput!) {
       revokeKey(input: $input) { userErrors { code message } }
     }`,
    { input: { projectId, keyId } },
  );
  refuse(payload);
}

export async function createKey(
  session: ServerSession,
  name: string,
  options: KeyFlags,
): Promise<void> {
  const { keyId, secret } = await issueKey(session, {
    project: options.project,
    name,
    scopes: options.scopes.split(',').map((scope) => scope.trim()),
    ...(options.expiresAt === undefined ? {} : { expiresAt: options.expiresAt }),
    ...(options.origins === undefined ? {} : { allowedOrigins: options.origins.split(',') }),
    ...(options.budgetRows === undefined ? {} : { budgetRows: Number(options.budgetRows) }),
  });
  process.stdout.write(`${keyId}\t${secret}\n`);
}

export async function rotateKey(
  session: ServerSession,
  keyId: string,
  options: { readonly project: string; readonly grace: string },
): Promise<void> {
  const { rotateKey: payload } = await session.ask<{
    rotateKey: UserErrors & { key: KeyRow | null; secret: string | null };
  }>(
    `mutation SluiceRotateKey($input: RotateKeyInput!) {
       rotateKey(input: $input) { key { ${FIELDS} } secret userErrors { code message } }
     }`,
    { input: { projectId: options.project, keyId, graceSeconds: Number(options.grace) } },
  );
  refuse(payload);
  process.stdout.write(`${payload.key?.keyId ?? ''}\t${payload.secret ?? ''}\n`);
}

export async function revokeKey(
  session: ServerSession,
  keyId: string,
  project: string,
): Promise<void> {
  await withdrawKey(session, project, keyId);
  process.stdout.write(`${keyId}\trevoked\n`);
}

function refuse({ userErrors }: UserErrors): void {
  const problem = userErrors[0];
  if (problem !== undefined) throw new Error(`${problem.code}: ${problem.message}`);
}

function describe(key: KeyRow): string {
  const state =
    key.revokedAt !== null
      ? `revoked ${key.revokedAt}`
      : key.expiresAt === null
        ? 'in force'
        : `expires ${key.expiresAt}`;
  const used = key.lastUsedAt === null ? 'never used' : `last used ${key.lastUsedAt}`;
  const origins = key.allowedOrigins.length === 0 ? 'any origin' : key.allowedOrigins.join(',');
  return [
    key.keyId,
    key.name,
    key.scopes.join(','),
    `…${key.hint}`,
    key.createdAt,
    state,
    used,
    origins,
  ].join('\t');
}
