import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { AppError } from '../../errors.js';
import { type Principal, SCOPES, type Scope } from '../../project/project.js';

/** Which tokens are believed, and where they say what their bearer may do. */
export interface TokenRules {
  /** Where the issuer publishes its public keys (JWKS). */
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  /** Claim with the id of the project. */
  readonly projectClaim: string;
  /** Claim with the scopes: words separated by spaces, or a list of them. */
  readonly scopeClaim: string;
}

/** Who bears a token. @throws AppError `UNAUTHENTICATED` with `reason` when it is not believed. */
export type VerifyToken = (token: string) => Promise<Principal>;

/** Asymmetric algorithms alone: nobody who can check a token can make one. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Clocks of issuer and gateway may differ by this much, seconds. */
const CLOCK_TOLERANCE_SECONDS = 5;

const PROJECT_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Three parts of base64url between dots, as a signed token has them; keys have no dot. */
export function looksLikeToken(secret: string): boolean {
  return /^[\w-]+\.[\w-]*\.[\w-]*$/.test(secret);
}

/**
 * Verifies tokens of one issuer: signature by its published keys (fetched when first needed, and
 * again, at most every 30 s, for a key id that is not known), issuer, audience and times. A token
 * must say when it ends.
 */
export function createVerifyToken(rules: TokenRules): VerifyToken {
  const keys = createRemoteJWKSet(new URL(rules.jwksUrl), { timeoutDuration: 5_000 });
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: rules.issuer,
        audience: rules.audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'sub'],
      });
      return principalOf(payload, rules);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw refusal(error);
    }
  };
}

function principalOf(payload: JWTPayload, { projectClaim, scopeClaim }: TokenRules): Principal {
  const projectId = payload[projectClaim];
  if (typeof projectId !== 'string' || !PROJECT_ID.test(projectId)) {
    throw notBelieved(`the claim ${projectClaim} names no project`, 'project');
  }
  return { keyId: `token/${payload.sub ?? ''}`, projectId, scopes: scopesOf(payload[scopeClaim]) };
}

/** What a claim grants; words that are no scopes are for others. */
function scopesOf(claim: unknown): readonly Scope[] {
  const words: readonly unknown[] =
    typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return SCOPES.filter((scope) => words.includes(scope));
}

/** Translates by code. What the token holds is not repeated. */
function refusal(error: unknown): AppError {
  const code = error instanceof errors.JOSEError ? error.code : '';
  switch (code) {
    case 'ERR_JWT_EXPIRED':
      return notBelieved('it has expired', 'expired', error);
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED': {
      const { claim } = error as errors.JWTClaimValidationFailed;
      return notBelieved(`its claim ${claim} is not the one expected`, 'claim', error);
    }
    case 'ERR_JWKS_TIMEOUT':
      return unavailable(error);
    case '':
    case 'ERR_JOSE_GENERIC':
      return unavailable(error);
    default:
      return notBelieved('its signature cannot be verified', 'signature', error);
  }
}

function notBelieved(problem: string, reason: string, cause?: unknown): AppError {
  return new AppError('UNAUTHENTICATED', `the token is not believed: ${problem}`, {
    cause,
    details: { reason },
  });
}

function unavailable(cause: unknown): AppError {
  return new AppError('UNAUTHENTICATED', 'the keys of the issuer of tokens cannot be fetched now', {
    cause,
    isRetryable: true,
    details: { reason: 'unavailable' },
  });
}
