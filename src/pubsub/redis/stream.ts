import type { Redis } from 'ioredis';
import { AppError } from '../../errors.js';

/**
 * A channel is one Redis stream. Redis gives ids `<ms>-<n>` that rise within a stream; every entry
 * also names its predecessor. A reader that finds another predecessor than the entry it saw last
 * knows that something in between is gone: trimmed, expired, evicted, flushed, or lost with a
 * server that restarted from an older snapshot. Redis' own counters do not tell these apart
 * (`max-deleted-entry-id` ignores trimming, `entries-added` starts again with the key).
 */
export interface StreamEntry {
  readonly id: string;
  /** Id of the entry before this one; {@link STREAM_START} for the first of a stream. */
  readonly previous: string;
  readonly text: string;
}

/** The position before the first entry of a stream that does not exist yet. */
export const STREAM_START = '0-0';

/** A stream that nobody publishes to for a week is dropped by Redis. */
const KEPT_UNUSED_MS = 7 * 24 * 3_600_000;
const KEY_PREFIX = 'sluice:stream:';
const ID = /^\d{1,20}-\d{1,20}$/;

// Reading the last id and adding the entry must be one step: two publishers would otherwise name
// the same predecessor.
const PUBLISH = `
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local previous = last[1] and last[1][1] or '${STREAM_START}'
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '=', ARGV[1], '*', 'p', previous, 't', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ${KEPT_UNUSED_MS})
return id`;

export function streamKey(channel: string): string {
  return KEY_PREFIX + channel;
}

export function channelOfKey(key: string): string {
  return key.slice(KEY_PREFIX.length);
}

/** Whether the text has the form of an id that {@link appendEntry} gives. */
export function isStreamId(text: string): boolean {
  return ID.test(text) && text !== STREAM_START;
}

/** Negative, zero or positive, as `a` stands before, at or behind `b`. */
export function compareStreamIds(a: string, b: string): number {
  const [aTime = '0', aNumber = '0'] = a.split('-');
  const [bTime = '0', bNumber = '0'] = b.split('-');
  // Both parts are unsigned 64-bit numbers; their decimal forms compare by length, then by digits.
  return compareDigits(aTime, bTime) || compareDigits(aNumber, bNumber);
}

function compareDigits(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Adds an entry, keeps the newest `length`, resolves with the new id. */
export async function appendEntry(
  redis: Redis,
  channel: string,
  text: string,
  length: number,
): Promise<string> {
  return String(await redis.eval(PUBLISH, 1, streamKey(channel), String(length), text));
}

/** Id of the newest entry, {@link STREAM_START} when there is none. */
export async function lastEntryId(redis: Redis, channel: string): Promise<string> {
  const newest = await redis.xrevrange(streamKey(channel), '+', '-', 'COUNT', 1);
  return newest[0]?.[0] ?? STREAM_START;
}

/** Entries behind `after` in order, `limit` at most. */
export async function entriesBehind(
  redis: Redis,
  channel: string,
  after: string,
  limit: number,
): Promise<readonly StreamEntry[]> {
  const entries = await redis.xrange(streamKey(channel), `(${after}`, '+', 'COUNT', limit);
  return entries.map(toStreamEntry);
}

/**
 * Reads an entry as Redis returns it.
 *
 * @throws AppError `PUBSUB_UNAVAILABLE` when another program wrote the entry.
 */
export function toStreamEntry([id, fields]: readonly [string, readonly string[]]): StreamEntry {
  const [previousName, previous, textName, text] = fields;
  if (previousName !== 'p' || textName !== 't' || previous === undefined || text === undefined) {
    throw new AppError(
      'PUBSUB_UNAVAILABLE',
      `expected stream entry ${id} to have the fields p and t, got ${fields.length / 2} others`,
    );
  }
  return { id, previous, text };
}
