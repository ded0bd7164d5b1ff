import type { Delivery, LiveMember } from './live-member.js';

/** Results that wait for one reader: characters of their text, and events in them. */
const WAITING_CHARACTERS = 8_000_000;
const WAITING_EVENTS = 10_000;

export interface PacedMemberOptions {
  readonly member: LiveMember;
  /** The text of a result that says also that so many events before it were dropped. */
  readonly tellDropped: (text: string, dropped: number) => string;
}

/**
 * A member that gets one result after another, as its reader takes them. What waits is shared with
 * the other readers and bounded: beyond that the oldest is dropped, and the next one sent says how
 * many events that were.
 */
export function paceMember({ member, tellDropped }: PacedMemberOptions): {
  readonly member: LiveMember;
  /** Lets go what waits. */
  stop(): void;
} {
  let waiting: Delivery[] = [];
  let characters = 0;
  let events = 0;
  let dropped = 0;
  let isSending = false;
  let end: (() => void) | null = null;

  function takeOldest(): Delivery | undefined {
    const oldest = waiting.shift();
    characters -= oldest?.text.length ?? 0;
    events -= oldest?.events ?? 0;
    return oldest;
  }

  async function send(): Promise<void> {
    if (isSending) return;
    isSending = true;
    for (let next = takeOldest(); next !== undefined; next = takeOldest()) {
      const lost = dropped;
      dropped = 0;
      await member.nextInTurn(lost === 0 ? next : { ...next, text: tellDropped(next.text, lost) });
    }
    isSending = false;
    end?.();
  }

  function next(delivery: Delivery): void {
    waiting.push(delivery);
    characters += delivery.text.length;
    events += delivery.events;
    // The newest always stays, however large.
    while (waiting.length > 1 && (characters > WAITING_CHARACTERS || events > WAITING_EVENTS)) {
      dropped += takeOldest()?.events ?? 0;
    }
    void send();
  }

  function stop(): void {
    waiting = [];
    characters = 0;
    events = 0;
    end = null;
  }

  return {
    member: {
      next,
      nextInTurn: (delivery) => member.nextInTurn(delivery),
      end(last) {
        end = () => member.end(last);
        void send();
      },
      fail(error) {
        stop();
        member.fail(error);
      },
    },
    stop,
  };
}
