import { crc32 } from 'node:zlib';
import type { LogRecord } from './event-log.js';
import type { LaneSource } from './lane-source.js';

/** What of a source decides the order of its records among those of other topics. */
export type OrderedSource = Pick<
  LaneSource,
  'topic' | 'partition' | 'records' | 'readAt' | 'countArrivedBy' | 'askRead'
>;

/** Whether the topic partition of `a` comes first where append times are equal: by name, then number. */
export function isNamedFirst(
  a: Pick<OrderedSource, 'topic' | 'partition'>,
  b: Pick<OrderedSource, 'topic' | 'partition'>,
): boolean {
  return a.topic === b.topic ? a.partition < b.partition : a.topic < b.topic;
}

/** How many leading records may go now. */
export interface InOrder {
  readonly count: number;
  /** True where more could go as soon as another source is read further. */
  readonly waitsForReading: boolean;
}

/**
 * How many of the first `most` waiting records of a source may be handed out now, so that of the
 * records with one key the one appended first goes first, in whatever topic it is.
 *
 * The order is that of append time, then topic name, then offset. Within a topic partition the
 * offset rules: where a clock went back, a record counts as appended with the latest one before it.
 * A record may go when in every other source
 *
 * 1. no waiting record of its key comes before it, and
 * 2. nothing that comes before it can be unread: a waiting record comes after it, or the source was
 *    found read to its end since the record arrived. Where that is not known, it is asked for.
 *
 * The head of the source with the earliest head never has a waiting predecessor, so a lane whose
 * topics can be read always gets on.
 */
export function countInOrder(
  source: OrderedSource,
  others: readonly OrderedSource[],
  most: number,
): InOrder {
  let found: InOrder = { count: most, waitsForReading: false };
  for (const other of others) {
    if (other === source) continue;
    const next = countBefore(source, other, found.count);
    if (next.count < found.count) found = next;
    if (found.count === 0) break;
  }
  return found;
}

function countBefore(source: OrderedSource, other: OrderedSource, most: number): InOrder {
  const times = effectiveTimes(source.records, most);
  const latest = times.at(-1) ?? Number.NEGATIVE_INFINITY;
  const isOtherFirst = isNamedFirst(other, source);
  const isBehind = (time: number, otherTime: number): boolean =>
    otherTime < time || (otherTime === time && isOtherFirst);

  /** Keys that wait in the other source before the latest record here, with their first time. */
  const keys = new Map<number, number>();
  let otherTime = Number.NEGATIVE_INFINITY;
  for (const record of other.records) {
    otherTime = Math.max(otherTime, record.appendedAt);
    if (!isBehind(latest, otherTime)) break;
    const key = keyOf(record);
    if (key !== null && !keys.has(key)) keys.set(key, otherTime);
  }

  const behindAllWaiting = times.findIndex((time) => isBehind(time, otherTime));
  let count = behindAllWaiting === -1 ? most : behindAllWaiting;
  if (count < most) {
    count = Math.min(most, Math.max(count, source.countArrivedBy(other.readAt)));
    if (count < most) other.askRead();
  }
  for (let at = 0; keys.size > 0 && at < count; at += 1) {
    const record = source.records[at];
    const key = record === undefined ? null : keyOf(record);
    const earlier = key === null ? undefined : keys.get(key);
    if (earlier !== undefined && isBehind(times[at] ?? latest, earlier)) {
      return { count: at, waitsForReading: false };
    }
  }
  return { count, waitsForReading: count < most };
}

/** Append times of the first records, none earlier than one before it. */
function effectiveTimes(records: readonly LogRecord[], most: number): readonly number[] {
  const times: number[] = [];
  let time = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < most; at += 1) {
    time = Math.max(time, records[at]?.appendedAt ?? time);
    times.push(time);
  }
  return times;
}

/**
 * What keys are compared by; null for a record without a key. Two keys that meet by chance only end
 * a batch early.
 */
function keyOf({ key }: LogRecord): number | null {
  return key === null ? null : crc32(key);
}
