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

const KEY_PREFIX = 'sluice:stream:';
const LEAD_PREFIX = 'sluice:lead:';
const ID = /^\d{1,20}-\d{1,20}$/;

// Reading the last id and adding the entry must be one step: two publishers would otherwise name
// the same predecessor. So must be looking whether the publisher leads, when it has to.
const PUBLISH = `
if KEYS[2] and redis.call('GET', KEYS[2]) ~= ARGV[4] then return false end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local previous = last[1] and last[1][1] or '${STREAM_START}'
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '=', ARGV[1], '*', 'p', previous, 't', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return id`;

const LEAD = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`;

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

export interface AppendInput {
  readonly channel: string;
  readonly text: string;
  /** Newest entries that are kept. */
  readonly length: number;
  /** A stream that nobody publishes to for so long is dropped by Redis, ms. */
  readonly keptUnusedMs: number;
  /** Adds only while this owner leads the channel. */
  readonly lead?: string | undefined;
}

/** Adds an entry. @returns The new id; null when the given owner does not lead. */
export async function appendEntry(redis: Redis, input: AppendInput): Promise<string | null> {
  const { channel, text, length, keptUnusedMs, lead } = input;
  const keys = [streamKey(channel), ...(lead === undefined ? [] : [LEAD_PREFIX + channel])];
  const values = [
    String(length),
    text,
    String(keptUnusedMs),
    ...(lead === undefined ? [] : [lead]),
  ];
  const id = await redis.eval(PUBLISH, keys.length, ...keys, ...values);
  return id === null ? null : String(id);
}

/** Takes or keeps the lead of a channel. @returns Whether `owner` has it. */
export async function takeLead(
  redis: Redis,
  channel: string,
  owner: string,
  forMs: number,
): Promise<boolean> {
  return (await redis.eval(LEAD, 1, LEAD_PREFIX + channel, owner, String(forMs))) === 1;
}

/** Gives the lead back, if `owner` has it. */
export async function releaseLead(redis: Redis, channel: string, owner: string): Promise<void> {
  await redis.eval(RELEASE, 1, LEAD_PREFIX + channel, owner);
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
