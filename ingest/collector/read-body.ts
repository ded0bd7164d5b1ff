import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { AppError, messageOf } from '../../src/errors.js';

/** Bytes that all requests of a collector hold at this moment, and how many they may hold. */
export interface BodyBudget {
  /** @throws AppError `EVENT_LOG_FULL`, retryable, when the collector holds too much already. */
  take(bytes: number): void;
  give(bytes: number): void;
}

/** @param maxBytes Most bytes of bodies held at once by one process. */
export function createBodyBudget(maxBytes: number): BodyBudget {
  let held = 0;
  return {
    take(bytes) {
      if (held + bytes > maxBytes) {
        throw new AppError(
          'EVENT_LOG_FULL',
          `The collector holds ${held} bytes of other requests; send this one again.`,
          { isRetryable: true, details: { maxBytes } },
        );
      }
      held += bytes;
    },
    give(bytes) {
      held -= bytes;
    },
  };
}

/**
 * The bytes of a request as they came over the wire. They are taken from the budget as they come
 * and are the caller's to give back, unless this rejects.
 *
 * A body beyond the limit is read on for a while without being kept, since a client that is still
 * sending would not see the answer.
 *
 * @throws AppError `PAYLOAD_TOO_LARGE` beyond `maxBytes`, `MALFORMED_BODY` when the connection ends
 *   first, or as {@link BodyBudget}.
 */
export async function readRaw(
  stream: Readable,
  maxBytes: number,
  declared: number | null,
  budget: BodyBudget,
): Promise<Buffer> {
  const tooLarge = () =>
    new AppError('PAYLOAD_TOO_LARGE', `Expected a body of at most ${maxBytes} bytes, got more.`, {
      details: { maxBytes },
    });
  const chunks: Buffer[] = [];
  let size = 0;
  let kept = 0;
  const patience = maxBytes * 4;
  if (declared !== null && declared > patience) throw tooLarge();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > patience) break;
      if (size > maxBytes) {
        chunks.length = 0;
        continue;
      }
      budget.take(chunk.length);
      kept += chunk.length;
      chunks.push(chunk);
    }
    if (size > maxBytes) throw tooLarge();
  } catch (error) {
    budget.give(kept);
    if (error instanceof AppError) throw error;
    throw new AppError('MALFORMED_BODY', 'The connection ended before the body did.', {
      cause: error,
    });
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);
}

type Inflate = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const inflateZlib: Inflate = promisify(inflate);
const inflateBare: Inflate = promisify(inflateRaw);
const DECODERS: Readonly<Record<string, Inflate>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  // The name means the zlib format; some clients send bare deflate under it.
  deflate: (bytes, options) => (hasZlibHeader(bytes) ? inflateZlib : inflateBare)(bytes, options),
};

/** Whether the collector understands this `content-encoding`. */
export function isKnownEncoding(encoding: string): boolean {
  return encoding === '' || encoding === 'identity' || Object.hasOwn(DECODERS, encoding);
}

/**
 * Undoes the `content-encoding`. Inflating stops at the limit, so that a small body cannot become
 * a large one in memory.
 *
 * @throws AppError `PAYLOAD_TOO_LARGE` beyond `maxBytes`, `MALFORMED_BODY` when the bytes are cut
 *   off or damaged.
 */
export async function decompress(raw: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (decoder === undefined) return raw;
  try {
    return await decoder(raw, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new AppError(
        'PAYLOAD_TOO_LARGE',
        `Expected a body of at most ${maxBytes} bytes after decompression, got more.`,
        { details: { maxBytes }, cause: error },
      );
    }
    throw new AppError(
      'MALFORMED_BODY',
      `The body of ${raw.length} bytes is no complete ${encoding} data: ${messageOf(error)}.`,
      { details: { encoding }, cause: error },
    );
  }
}

/** RFC 1950: method 8, and the first two bytes as a number are a multiple of 31. */
function hasZlibHeader(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}
