import { hash, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Letters of a new secret behind its prefix; 32 letters of base 62 hold 190 bits. */
const SECRET_LETTERS = 32;

/** A new secret, `sl_` and 32 letters and digits, from the system's random source. */
export function mintSecret(): string {
  let text = 'sl_';
  while (text.length < SECRET_LETTERS + 3) {
    for (const byte of randomBytes(SECRET_LETTERS)) {
      // 248 is the largest multiple of 62 below 256: larger bytes would favour the first letters.
      if (byte < 248 && text.length < SECRET_LETTERS + 3) text += ALPHABET[byte % 62] ?? '';
    }
  }
  return text;
}

/**
 * What is stored of a secret: SHA-256, hex. Secrets are long and random, so a slow hash would add
 * nothing but latency to every request.
 */
export function hashSecret(secret: string): string {
  return hash('sha256', secret);
}
