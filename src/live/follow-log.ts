import type { Logger } from 'pino';
import { messageOf } from '../errors.js';
import type { EventLog, LogRecord, TailPosition } from '../event-log/event-log.js';
import { backOffMs, type Sleep } from './live-timing.js';
import type { TailedEvent } from './tailed-event.js';

/** Log values whose events are kept for whoever goes on from a moment ago, in bytes. */
const KEPT_BYTES = 8_000_000;

/** One reader of what is appended to the log. */
export interface LogSeat {
  /** Every event behind its place, in the order of each partition. */
  offer(tailed: TailedEvent, bytes: number): void;
  /** What was appended from now on will be offered; told again after each interruption. */
  live(): void;
  /** Events behind its place are not kept any more: what is offered next does not follow. */
  broken(): void;
}

/** The event log as a process reads it: once for all its seats, from the first to the last. */
export interface LogFollower {
  /**
   * @param from A cursor of this or another process; null, or of another log: from now on.
   * @returns Leaves, and tells the place behind what was offered so far; null while unknown.
   */
  join(
    seat: LogSeat,
    from: string | null,
  ): { readonly cursor: () => string | null; readonly leave: () => void };
}

export interface FollowLogOptions {
  readonly eventLog: Pick<EventLog, 'tail' | 'positions'>;
  /** Group whose positions are asked for to learn where the partitions end. */
  readonly group: string;
  readonly topics: readonly string[];
  /** Reads a record; null when it holds no event that would be accepted. */
  readonly read: (record: LogRecord) => TailedEvent | null | Promise<TailedEvent | null>;
  readonly log: Pick<Logger, 'warn'>;
  readonly sleep: Sleep;
}

/** Places by topic and partition. */
type Places = Map<string, TailPosition>;

interface Kept {
  readonly place: TailPosition;
  readonly tailed: TailedEvent;
  readonly bytes: number;
}

interface Member {
  readonly seat: LogSeat;
  /** Offered already, or not asked for: everything below. */
  from: Places;
}

/**
 * Follows the log. After a failure it goes on where it was. A seat that goes on from a place gets
 * what is kept in memory; where that does not reach back, all read once more from there, and each
 * seat skips what it has.
 */
export function createLogFollower(options: FollowLogOptions): LogFollower {
  const { eventLog, topics } = options;
  const members = new Set<Member>();
  let running: AbortController | null = null;
  let isLive = false;
  /** Where the reading under way began; null: at the ends. */
  let begun: Places | null = null;
  /** Where the reading is, and where what is kept begins; null until it is known. */
  let next: Places | null = null;
  let keptSince: Places = new Map();
  let kept: Kept[] = [];
  let keptBytes = 0;

  /** The given places, as far as they are kept, and the ends of all other partitions. */
  async function startAt(wanted: Places | null): Promise<Places> {
    const places: Places = new Map();
    let isBroken = false;
    for (const { topic, partition, begin, end } of await eventLog.positions(
      options.group,
      topics,
    )) {
      const key = keyOf({ topic, partition });
      const given = wanted?.get(key)?.offset;
      const isKept = given === undefined || (given >= begin && given <= end);
      isBroken ||= !isKept;
      places.set(key, { topic, partition, offset: isKept ? (given ?? end) : end });
    }
    if (isBroken) for (const { seat } of members) seat.broken();
    return places;
  }

  function keep(one: Kept): void {
    kept.push(one);
    keptBytes += one.bytes;
    while (keptBytes > KEPT_BYTES) {
      const oldest = kept.shift();
      if (oldest === undefined) return;
      keptBytes -= oldest.bytes;
      keptSince.set(keyOf(oldest.place), behind(oldest.place));
    }
  }

  function offer({ place, tailed, bytes }: Kept, { seat, from }: Member): void {
    const skipped = from.get(keyOf(place))?.offset ?? 0n;
    if (place.offset >= skipped) seat.offer(tailed, bytes);
  }

  async function follow(signal: AbortSignal, wanted: Places | null): Promise<void> {
    let places = wanted;
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        const started = await startAt(places);
        const records = await eventLog.tail({ topics, from: [...started.values()], signal });
        if (signal.aborted) return;
        places = started;
        next = started;
        keptSince = new Map(started);
        kept = [];
        keptBytes = 0;
        isLive = true;
        for (const { seat } of members) seat.live();
        for await (const record of records) {
          tries = 0;
          const tailed = await options.read(record);
          if (signal.aborted) return;
          const { topic, partition, offset } = record;
          started.set(keyOf(record), { topic, partition, offset: offset + 1n });
          if (tailed === null) continue;
          const one = { place: { topic, partition, offset }, tailed, bytes: record.value.length };
          keep(one);
          for (const member of members) offer(one, member);
        }
      } catch (error) {
        if (signal.aborted) return;
        options.log.warn({ reason: messageOf(error) }, 'the tail of the event log is interrupted');
      }
      if (signal.aborted) return;
      await options.sleep(backOffMs(tries), signal);
    }
  }

  function start(wanted: Places | null): void {
    running?.abort();
    running = new AbortController();
    begun = wanted;
    isLive = false;
    void follow(running.signal, wanted);
  }

  /** Offers a new seat what it asked for and has gone by. */
  function catchUp(member: Member, from: Places): void {
    const isKept = [...(next ?? [])].every(
      ([key, { offset }]) =>
        (from.get(key)?.offset ?? offset) >= (keptSince.get(key)?.offset ?? offset),
    );
    if (next !== null && isKept) {
      for (const one of kept) offer(one, member);
      return;
    }
    for (const other of members) if (other !== member) other.from = later(other.from, next);
    start(earlier(from, next ?? begun));
  }

  return {
    join(seat, cursor) {
      const from = cursor === null ? null : decode(cursor);
      const member: Member = { seat, from: from ?? new Map(next ?? []) };
      members.add(member);
      if (running === null) start(from);
      else if (from !== null) catchUp(member, from);
      if (isLive) seat.live();
      return {
        cursor: () => (next === null ? null : encode(later(member.from, next))),
        leave() {
          members.delete(member);
          if (members.size > 0) return;
          running?.abort();
          running = null;
          isLive = false;
          next = null;
          kept = [];
          keptBytes = 0;
        },
      };
    },
  };
}

function keyOf({ topic, partition }: Pick<TailPosition, 'topic' | 'partition'>): string {
  return `${topic}/${partition}`;
}

function behind(place: TailPosition): TailPosition {
  return { ...place, offset: place.offset + 1n };
}

/** For each partition the place that `isTaken` prefers to that of `places`. */
function merged(
  places: Places,
  others: Places | null,
  isTaken: (other: bigint, own: bigint) => boolean,
): Places {
  const all: Places = new Map(places);
  for (const [key, other] of others ?? []) {
    const own = all.get(key);
    if (own === undefined || isTaken(other.offset, own.offset)) all.set(key, other);
  }
  return all;
}

function later(places: Places, others: Places | null): Places {
  return merged(places, others, (other, own) => other > own);
}

function earlier(places: Places, others: Places | null): Places {
  return merged(places, others, (other, own) => other < own);
}

function encode(places: Places): string {
  return JSON.stringify(
    [...places.values()].map(({ topic, partition, offset }) => [topic, partition, String(offset)]),
  );
}

function decode(cursor: string): Places {
  const places = JSON.parse(cursor) as [string, number, string][];
  return new Map(
    places.map(([topic, partition, offset]) => [
      keyOf({ topic, partition }),
      { topic, partition, offset: BigInt(offset) },
    ]),
  );
}
