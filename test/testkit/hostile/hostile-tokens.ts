import type { TokenIssuer } from '../token-issuer.js';

/** Tokens that nobody may believe, and well-made ones that grant too little, by what is wrong. */
export interface HostileTokens {
  /** Refused as a whole. */
  readonly unbelievable: Readonly<Record<string, string>>;
  /** Of somebody, who may not ask. */
  readonly powerless: Readonly<Record<string, string>>;
}

export async function createHostileTokens(
  { sign, foreignKey }: TokenIssuer,
  project: string,
): Promise<HostileTokens> {
  const own = { project };
  const good = await sign(own);
  const [header = '', payload = '', signature = ''] = good.split('.');
  const encoded = (value: unknown): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const secret = new TextEncoder().encode('a shared secret of thirty-two bytes');
  const admin = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), scope: 'admin' };
  return {
    unbelievable: {
      expired: await sign({ ...own, exp: now - 60 }),
      'without an end': await sign({ ...own, exp: null }),
      'not valid yet': await sign({ ...own, nbf: now + 600 }),
      'of another audience': await sign({ ...own, aud: 'somewhere' }),
      'without an audience': await sign({ ...own, aud: null }),
      'of another issuer': await sign({ ...own, iss: 'https://evil.example/' }),
      'without a subject': await sign({ ...own, sub: null }),
      'without a project': await sign({}),
      'with a project that is no text': await sign({ project: { id: project } }),
      'with a project that cannot be': await sign({ project: '../other' }),
      'signed by somebody else': await sign(own, { key: foreignKey }),
      'with an unknown key id': await sign(own, { key: foreignKey, keyId: 'key-99' }),
      'signed with a shared secret': await sign(own, { key: secret, algorithm: 'HS256' }),
      'without a signature': `${encoded({ alg: 'none' })}.${payload}.`,
      'with the signature cut off': `${header}.${payload}.`,
      'with another payload': `${header}.${encoded(admin)}.${signature}`,
      'with another header': `${encoded({ alg: 'RS256', kid: 'key-0' })}.${payload}.${signature}`,
      'of noise': 'aaaa.bbbb.cccc',
    },
    powerless: {
      'without a scope': await sign({ ...own, scope: null }),
      'with the scope to write': await sign({ ...own, scope: 'write' }),
      'with a scope that is none': await sign({ ...own, scope: 'READ everything' }),
    },
  };
}
