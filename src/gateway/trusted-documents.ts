import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AppError, messageOf } from '../errors.js';

/** Documents of clients that are known beforehand, by the hex SHA-256 of their text. */
export interface TrustedDocuments {
  /** Whether others are refused. */
  readonly only: boolean;
  readonly texts: ReadonlyMap<string, string>;
}

export const NO_TRUSTED_DOCUMENTS: TrustedDocuments = { only: false, texts: new Map() };

/** Most documents that clients have registered themselves and that are remembered. */
const MAX_REGISTERED = 1_000;

/**
 * Reads the manifest that code generation writes: `{ "sha256:<hex>": "<text>" }`.
 *
 * @throws AppError `CONFIG_INVALID` for a file that is none, or a hash that is not its text's.
 */
export function readTrustedDocuments(file: string, only: boolean): TrustedDocuments {
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw invalid(`cannot be read: ${messageOf(cause)}`, cause);
  }
  const texts = new Map<string, string>();
  for (const [id, text] of Object.entries((manifest ?? {}) as Record<string, unknown>)) {
    const hash = id.replace(/^sha256:/, '');
    if (typeof text !== 'string' || hashOf(text) !== hash) {
      throw invalid(`expected the text of ${id.slice(0, 80)} beside it`);
    }
    texts.set(hash, text);
  }
  if (texts.size === 0) throw invalid('expected at least one document');
  return { only, texts };
}

/** @throws AppError `FORBIDDEN` for a document that is not known where no others are taken. */
export function requireTrusted({ only, texts }: TrustedDocuments, text: string): void {
  if (!only || texts.has(hashOf(text))) return;
  throw new AppError('FORBIDDEN', 'only documents of the manifest are answered here', {
    details: { reason: 'untrusted' },
  });
}

/** What Apollo Server asks for the text of a hash, and gives what clients register. */
export interface DocumentStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, text: string): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Known documents first; then those that clients have registered, unless only known ones count. */
export function createDocumentStore({ only, texts }: TrustedDocuments): DocumentStore {
  const registered = new Map<string, string>();
  return {
    // Keys are `apq:<hex>`.
    get: async (key) => texts.get(key.slice(key.indexOf(':') + 1)) ?? registered.get(key),
    async set(key, text) {
      if (only) return;
      registered.delete(key);
      registered.set(key, text);
      const [oldest] = registered.keys();
      if (registered.size > MAX_REGISTERED && oldest !== undefined) registered.delete(oldest);
    },
    async delete(key) {
      registered.delete(key);
    },
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function invalid(problem: string, cause?: unknown): AppError {
  return new AppError('CONFIG_INVALID', `GATEWAY_TRUSTED_DOCUMENTS: ${problem}`, { cause });
}
