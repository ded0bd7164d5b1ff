import { createReadStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip, gzipSync } from 'node:zlib';
import { AppError, messageOf } from '../../src/errors.js';
import { accessLogEvent, parseAccessLogLine } from './access-log-line.js';

/** Events of one request to the collector. */
const BATCH_EVENTS = 1_000;

/** Tries of one request before the import stops; the same ids make a repeat harmless. */
const MAX_TRIES = 8;

export interface AccessLogImportOptions {
  /** Address of the collector, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Key with scope importer. */
  readonly key: string;
  /** Scheme and host that request targets belong to; empty when unknown. */
  readonly site: string;
  /** Where refused lines go, each with its number and reason. */
  readonly rejects: Pick<WriteStream, 'write'>;
  /** Told after every request: lines read so far of the file. */
  readonly onProgress?: (lines: number) => void;
  readonly signal?: AbortSignal;
}

export interface AccessLogImport {
  readonly lines: number;
  readonly accepted: number;
  readonly rejected: number;
}

/**
 * Sends every line of one access log through the collector. Restartable: ids are functions of the
 * lines, so a second run adds nothing.
 *
 * @param file Path, gzipped when it ends in `.gz`; `-` for standard input.
 * @throws AppError when the file cannot be read or the collector refuses a whole request.
 */
export async function importAccessLog(
  file: string,
  options: AccessLogImportOptions,
): Promise<AccessLogImport> {
  const seen = new Map<string, number>();
  let lines = 0;
  let accepted = 0;
  let rejected = 0;
  let batch: { line: number; event: string }[] = [];

  function reject(line: number, reason: string, text: string): void {
    rejected += 1;
    options.rejects.write(`${JSON.stringify({ file, line, reason, text })}\n`);
  }

  async function send(): Promise<void> {
    if (batch.length === 0) return;
    const answer = await post(batch.map(({ event }) => event).join('\n'), options);
    accepted += answer.accepted;
    for (const { index, message } of answer.rejected) {
      const entry = batch[index];
      reject(entry?.line ?? 0, message, entry?.event ?? '');
    }
    batch = [];
    options.onProgress?.(lines);
  }

  for await (const line of linesOf(file)) {
    options.signal?.throwIfAborted();
    lines += 1;
    if (line.trim() === '') continue;
    const hit = parseAccessLogLine(line);
    if (typeof hit === 'string') {
      reject(lines, hit, line);
      continue;
    }
    const occurrence = seen.get(line) ?? 0;
    seen.set(line, occurrence + 1);
    batch.push({
      line: lines,
      event: JSON.stringify(accessLogEvent(line, occurrence, hit, options.site)),
    });
    if (batch.length >= BATCH_EVENTS) await send();
  }
  await send();
  options.onProgress?.(lines);
  return { lines, accepted, rejected };
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const raw: Readable = file === '-' ? process.stdin : createReadStream(file);
  const text = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
  let failure: unknown = null;
  const fail = (error: unknown): void => {
    failure ??= error;
    text.destroy();
  };
  raw.once('error', fail);
  if (text !== raw) text.once('error', fail);
  try {
    yield* createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    failure ??= error;
  }
  if (failure !== null) {
    throw new AppError('BAD_USER_INPUT', `cannot read ${file}: ${messageOf(failure)}`, {
      cause: failure,
    });
  }
}

interface CollectorAnswer {
  readonly accepted: number;
  readonly rejected: readonly { readonly index: number; readonly message: string }[];
}

async function post(
  body: string,
  { url, key, signal }: Pick<AccessLogImportOptions, 'url' | 'key' | 'signal'>,
): Promise<CollectorAnswer> {
  const compressed = gzipSync(body);
  for (let attempt = 1; ; attempt++) {
    let problem: string;
    try {
      const response = await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-ndjson',
          'content-encoding': 'gzip',
          authorization: `Bearer ${key}`,
        },
        body: new Uint8Array(compressed),
        ...(signal === undefined ? {} : { signal }),
      });
      const text = await response.text();
      if (response.ok) return JSON.parse(text) as CollectorAnswer;
      problem = `the collector at ${url} answered ${response.status}: ${text.slice(0, 300)}`;
      if (response.status !== 429 && response.status < 500) {
        throw new AppError('BAD_USER_INPUT', problem);
      }
    } catch (error) {
      if (error instanceof AppError || signal?.aborted === true) throw error;
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      problem = `the collector at ${url} cannot be reached: ${messageOf(cause)}`;
    }
    if (attempt >= MAX_TRIES) {
      throw new AppError('EVENT_LOG_UNAVAILABLE', `${problem}; gave up after ${attempt} tries`);
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(5_000, 100 * 2 ** attempt)));
  }
}
