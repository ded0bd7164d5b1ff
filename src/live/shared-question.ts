import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { type AppError, messageOf } from '../errors.js';
import type { PubSub } from '../pubsub/pubsub.js';
import { type EvaluateLive, leadQuestion } from './lead-question.js';
import { deliveryOf, type LiveMember, unkeptDelivery } from './live-member.js';
import {
  invalidResumeToken,
  type LiveMessage,
  type LivePosition,
  parseLiveMessage,
} from './live-message.js';
import { backOffMs, type Sleep } from './live-timing.js';

/** How long a lead lasts without being renewed, ms: a killed gateway is replaced within it. */
const LEAD_MS = 3_000;
/** Between renewals, and between tries to take the lead, ms. */
const RENEW_MS = 1_000;

export interface SharedQuestionOptions {
  /** Its id, see `liveQuestionId`. */
  readonly question: string;
  readonly pubsub: Pick<PubSub, 'publish' | 'subscribe' | 'recent' | 'lead' | 'release'>;
  readonly evaluate: EvaluateLive;
  readonly log: Pick<Logger, 'warn'>;
  readonly sleep: Sleep;
  /** Told when the question has ended by itself. */
  readonly onEnd: () => void;
}

/** One distinct question with all its members in this process. */
export interface SharedQuestion {
  /** @param resume Behind which result to go on; null: with the newest. @returns Leaves. */
  join(member: LiveMember, resume: LivePosition | null): () => void;
  readonly memberCount: number;
  stop(): void;
}

interface Seat {
  readonly member: LiveMember;
  /** `catching-up`: is being sent what is kept, so new results must wait. */
  state: 'waiting' | 'catching-up' | 'live';
  /** The last result sent. */
  position: LivePosition | null;
  /** Whether the next result must say that some before it are missing. */
  isGap: boolean;
}

/**
 * Runs one distinct question for all its members: of the gateways that have some, the one with the
 * lead executes and publishes, and every one delivers what was published, in its order. So a
 * result is executed and made into text once, each member gets every result once, and a killed
 * leader is replaced by another gateway that numbers on.
 */
export function createSharedQuestion(options: SharedQuestionOptions): SharedQuestion {
  const { question, pubsub, log, sleep } = options;
  const owner = randomUUID();
  const channel = `live:${question}`;
  const stopping = new AbortController();
  const seats = new Set<Seat>();
  let newest: LiveMessage | null = null;
  /** Whether what was published before is known. */
  let isFollowing = false;
  /** Whether `newest` is what the question answers now. */
  let isCurrent = false;
  let leading: AbortController | null = null;
  let reading: Promise<readonly LiveMessage[]> | null = null;
  let onReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    onReady = resolve;
  });

  /** What is kept of the question. */
  async function readKept(): Promise<readonly LiveMessage[]> {
    const kept = await pubsub.recent(channel);
    return kept.map(({ text }) => parseLiveMessage(text)).filter((each) => each !== null);
  }

  /** The same for many members that come back at one moment; it may be a moment old. */
  function readKeptTogether(): Promise<readonly LiveMessage[]> {
    reading ??= readKept().finally(() => {
      reading = null;
    });
    return reading;
  }

  function send(seat: Seat, message: LiveMessage): void {
    const { run, sequence } = message;
    seat.state = 'live';
    seat.position = { run, sequence };
    if (message.kind === 'end') {
      seats.delete(seat);
      seat.member.end(message.text === '' ? null : message.text);
      return;
    }
    seat.member.next(deliveryOf(question, message, seat.isGap));
    seat.isGap = false;
  }

  function receive(message: LiveMessage): void {
    if (newest !== null && isAtOrBehind(message, newest)) return;
    const isNextInRow = newest === null || follows(message, newest);
    const shared = isNextInRow ? deliveryOf(question, message, false) : null;
    newest = message;
    isCurrent = true;
    for (const seat of [...seats]) {
      if (seat.state === 'catching-up') continue;
      if (seat.position !== null && isAtOrBehind(message, seat.position)) continue;
      if (seat.position !== null && !follows(message, seat.position)) seat.isGap = true;
      if (message.kind === 'next' && shared !== null && !seat.isGap) {
        seat.state = 'live';
        seat.position = message;
        seat.member.next(shared);
      } else send(seat, message);
    }
    if (message.kind === 'end') {
      stop();
      options.onEnd();
    }
  }

  function becomeCurrent(): void {
    isCurrent = true;
    for (const seat of [...seats]) if (seat.state === 'waiting') admit(seat);
  }

  function admit(seat: Seat): void {
    if (newest !== null && (isCurrent || newest.kind === 'end')) send(seat, newest);
  }

  /** Sends a member what it has missed, from what is kept. */
  async function catchUp(seat: Seat, from: LivePosition): Promise<void> {
    let position = from;
    for (;;) {
      let row = ofRun(await readKeptTogether(), position);
      // Nothing newer is there, or it came after the reading began.
      if ((row.at(-1)?.sequence ?? 0) <= position.sequence) row = ofRun(await readKept(), position);
      if (!seats.has(seat)) return;
      const [first] = row;
      const last = row.at(-1)?.sequence ?? 0;
      const isNewest = newest !== null && isAtOrBehind(newest, position);
      if (last > 0 && last < position.sequence) {
        return fail(seat, invalidResumeToken('no such result was sent'));
      }
      if (!isNewest && (first === undefined || first.sequence > position.sequence + 1)) {
        return beginAnew(seat);
      }
      for (const message of row) {
        if (message.sequence <= position.sequence) continue;
        send(seat, message);
        if (!seats.has(seat)) return;
        position = message;
      }
      // What came while this was read waits in the store, for another reading.
      const isBehind = newest?.run === position.run && newest.sequence > position.sequence;
      seat.state = isBehind ? 'catching-up' : 'live';
      if (!isBehind) return;
    }
  }

  /** Goes on with the newest result, and says that some before it are missing. */
  function beginAnew(seat: Seat): void {
    seat.state = 'waiting';
    seat.isGap = true;
    admit(seat);
  }

  function fail(seat: Seat, error: AppError): void {
    if (seats.delete(seat)) seat.member.fail(error);
  }

  function resume(seat: Seat, from: LivePosition): void {
    catchUp(seat, from).catch((error: unknown) => {
      log.warn({ reason: messageOf(error) }, 'what a subscriber missed cannot be read');
      if (seats.has(seat)) beginAnew(seat);
    });
  }

  /** Delivers what is published, and goes on after failures of the store. */
  async function follow(): Promise<void> {
    const { signal } = stopping;
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        const messages = await pubsub.subscribe(channel, { signal });
        adopt(await readKept());
        onReady();
        tries = 0;
        for await (const { text } of messages) {
          const message = parseLiveMessage(text);
          if (message !== null) receive(message);
        }
      } catch (error) {
        if (!signal.aborted) {
          log.warn({ reason: messageOf(error) }, 'results of a live question are interrupted');
        }
      }
      onReady();
      await sleep(backOffMs(tries), signal);
    }
  }

  /** Takes over what was published before, or while nothing could be received. */
  function adopt(kept: readonly LiveMessage[]): void {
    if (isFollowing) {
      for (const message of kept) receive(message);
      return;
    }
    isFollowing = true;
    const last = kept.at(-1);
    // What has ended goes on for nobody but who asks for its end.
    if (last !== undefined && last.kind === 'next' && newest === null) newest = last;
    if (isCurrent) becomeCurrent();
  }

  async function seekLead(): Promise<void> {
    const { signal } = stopping;
    // A leader's results must not go by before this process receives.
    await ready;
    while (!signal.aborted) {
      const isLeader = await pubsub.lead(channel, owner, LEAD_MS).catch(() => null);
      if (signal.aborted) {
        if (isLeader === true) await pubsub.release(channel, owner).catch(() => undefined);
        return;
      }
      // Where leads cannot be had, each gateway answers its own members.
      if (isLeader === false) {
        leading?.abort();
        leading = null;
        becomeCurrent();
      } else if (leading === null) lead();
      await sleep(RENEW_MS, signal);
    }
  }

  function lead(): void {
    const own = new AbortController();
    leading = own;
    leadQuestion({
      channel,
      owner,
      pubsub,
      evaluate: options.evaluate,
      async readNewest() {
        const last = (await readKept()).at(-1) ?? null;
        // A store that came back with less than was sent would have numbers given twice.
        const isForgotten =
          last !== null && newest?.run === last.run && newest.sequence > last.sequence;
        return isForgotten ? null : last;
      },
      onConfirmed: becomeCurrent,
      onUnkept(result) {
        if (result.kind === 'next') {
          const delivery = unkeptDelivery(result.text, result.counted?.events ?? 0);
          for (const { member } of seats) member.next(delivery);
          return;
        }
        for (const { member } of seats) member.end(result.text === '' ? null : result.text);
        stop();
        options.onEnd();
      },
      log,
      signal: own.signal,
    })
      .catch((error: unknown) => {
        log.warn({ reason: messageOf(error) }, 'a live question ended unexpectedly');
      })
      .finally(() => {
        own.abort();
        if (leading === own) leading = null;
      });
  }

  function stop(): void {
    if (stopping.signal.aborted) return;
    stopping.abort();
    leading?.abort();
    leading = null;
    pubsub.release(channel, owner).catch(() => undefined);
  }

  void follow();
  void seekLead();

  return {
    join(member, from) {
      const state = from === null ? 'waiting' : 'catching-up';
      const seat: Seat = { member, state, position: from, isGap: false };
      seats.add(seat);
      if (from === null) admit(seat);
      else resume(seat, from);
      return () => void seats.delete(seat);
    },
    get memberCount() {
      return seats.size;
    },
    stop,
  };
}

function ofRun(kept: readonly LiveMessage[], { run }: LivePosition): readonly LiveMessage[] {
  return kept.filter((message) => message.run === run);
}

function isAtOrBehind(message: LivePosition, position: LivePosition): boolean {
  return message.run === position.run && message.sequence <= position.sequence;
}

function follows(message: LivePosition, position: LivePosition): boolean {
  return message.run === position.run && message.sequence === position.sequence + 1;
}
