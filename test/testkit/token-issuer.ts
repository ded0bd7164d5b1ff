import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';

/** An issuer of JSON web tokens that publishes its keys on a port of its own. */
export interface TokenIssuer {
  /** Settings that make a gateway believe it. */
  readonly env: Readonly<Record<string, string>>;
  /** A token with these claims; the rest is as it should be. */
  sign(claims: Readonly<Record<string, unknown>>, options?: SignOptions): Promise<string>;
  /** A key pair that the issuer does not publish, under the id of one that it does. */
  readonly foreignKey: CryptoKey;
  /** Takes a new key into use; the old one is published no more. */
  changeKey(): Promise<void>;
  stop(): Promise<void>;
}

export interface SignOptions {
  readonly key?: CryptoKey | Uint8Array;
  readonly algorithm?: string;
  readonly keyId?: string;
}

const ISSUER = 'https://issuer.example/';
const AUDIENCE = 'sluice';
const LIFETIME_SECONDS = 600;

export async function startTokenIssuer(): Promise<TokenIssuer> {
  let number = 0;
  let pair = await generateKeyPair('ES256', { extractable: true });
  const foreign = await generateKeyPair('ES256');
  const keyId = (): string => `key-${number}`;
  const server = createServer(async (_request, response) => {
    const key = { ...(await exportJWK(pair.publicKey)), kid: keyId(), alg: 'ES256', use: 'sig' };
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [key] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  return {
    env: {
      GATEWAY_JWT_JWKS_URL: url,
      GATEWAY_JWT_ISSUER: ISSUER,
      GATEWAY_JWT_AUDIENCE: AUDIENCE,
    },
    foreignKey: foreign.privateKey,
    sign(claims, { key = pair.privateKey, algorithm = 'ES256', keyId: kid = keyId() } = {}) {
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: ISSUER, aud: AUDIENCE, sub: 'someone', scope: 'read', iat: now };
      const ends = { exp: now + LIFETIME_SECONDS };
      return new SignJWT(without({ ...usual, ...ends, ...claims }))
        .setProtectedHeader({ alg: algorithm, kid })
        .sign(key);
    },
    async changeKey() {
      number += 1;
      pair = await generateKeyPair('ES256', { extractable: true });
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Claims given as null are left out. */
function without(claims: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
}
