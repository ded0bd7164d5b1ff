import { AppError } from '../errors.js';

/** How long a process answers from what it remembers, ms; bounds how late a change is seen. */
const REMEMBER_MS = 2_000;

/** What is not found makes the process look again, at most this often, ms. */
export const LOOK_AGAIN_MS = 200;

/** What a process remembers of control tables. */
export interface Snapshot<Known> {
  /**
   * What is known, less than `maxAgeMs` old (0: looked up anew); an older one when the tables cannot
   * be read, so that a process goes on answering while the warehouse is away.
   *
   * @throws AppError when nothing is known and the tables cannot be read.
   */
  remembered(maxAgeMs?: number): Promise<Known>;
  /**
   * What is found, looking again when it is not: another process may have made it a moment ago. Only
   * a look that begins after the request came can tell that it is not there. It waits when it would
   * come too soon after the last one, so that unknown names can ask the warehouse only a few times a
   * second and what is new is never called unknown.
   *
   * @throws AppError retryable, when the warehouse cannot be looked at.
   */
  find<Found>(lookUp: (known: Known) => Found | undefined): Promise<Found | null>;
  /** After a write: what was read before it, or is being read, counts no more. */
  forget(): void;
}

interface Look<Known> {
  /** Of the look that read it, counted from 1. */
  readonly number: number;
  readonly begunAt: number;
  readonly known: Known;
}

/** @param read Reads the tables. @param clock Time in ms since 1970. */
export function createSnapshot<Known>(
  read: () => Promise<Known>,
  clock: () => number,
): Snapshot<Known> {
  let latest: Look<Known> | null = null;
  let looking: Promise<Look<Known>> | null = null;
  let looksBegun = 0;
  let looksForgotten = 0;

  async function look(): Promise<Look<Known>> {
    looksBegun += 1;
    const [number, begunAt] = [looksBegun, clock()];
    const seen = { number, begunAt, known: await read() };
    if (number > looksForgotten) latest = seen;
    return seen;
  }

  function lookOnce(): Promise<Look<Known>> {
    if (looking !== null) return looking;
    const begun = look().finally(() => {
      if (looking === begun) looking = null;
    });
    looking = begun;
    return begun;
  }

  async function atMost(maxAgeMs: number): Promise<Look<Known>> {
    const last = latest;
    if (last !== null && clock() - last.begunAt < maxAgeMs) return last;
    try {
      return await lookOnce();
    } catch (error) {
      if (last !== null && error instanceof AppError && error.isRetryable) return last;
      throw error;
    }
  }

  return {
    async remembered(maxAgeMs = REMEMBER_MS) {
      return (await atMost(maxAgeMs)).known;
    },

    async find(lookUp) {
      const begunBefore = looksBegun;
      let last = await atMost(REMEMBER_MS);
      while (true) {
        const found = lookUp(last.known);
        if (found !== undefined || last.number > begunBefore) return found ?? null;
        const tooSoonMs = LOOK_AGAIN_MS - (clock() - last.begunAt);
        if (tooSoonMs > 0) await new Promise((resolve) => setTimeout(resolve, tooSoonMs));
        last = latest !== null && latest.number > last.number ? latest : await lookOnce();
      }
    },

    forget() {
      looksForgotten = looksBegun;
      latest = null;
      looking = null;
    },
  };
}
