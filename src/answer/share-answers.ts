import type { Logger } from 'pino';
import type { Cache } from '../cache/cache.js';
import { isAppError, messageOf } from '../errors.js';
import { pause } from '../event-log/wake-up.js';
import type { MetricContext } from '../metric/metric.js';
import type { DataLook, DataVersions } from './data-look.js';
import { dependenceOf } from './dependence.js';
import {
  type Answer,
  answerKey,
  formatAnswer,
  type KeptAnswer,
  lookOf,
  parseAnswer,
  QUARTER_HOUR_MS,
} from './kept-answer.js';

/**
 * How an answer came: `hit` it was kept, `joined` somebody was asking the same, `asked` the
 * warehouse was asked, `alone` so it was, without looking at what is kept.
 */
export type AnswerOutcome = 'hit' | 'joined' | 'asked' | 'alone';

/** A question with all that its answer depends on besides data. */
export interface SharedQuestion<Q> {
  /** As in `Questions`. */
  readonly name: string;
  readonly question: Q & { readonly projectId: string };
  readonly settings: MetricContext['settings'];
  /** Aborts when this caller has gone. */
  readonly signal: AbortSignal;
  /** Admits and charges rows that were read for others and this caller at once. */
  pay(rows: number): Promise<void>;
}

export interface SharedAnswers {
  /**
   * Answers as `compute` would at the answer's `asOf`: with what is kept while nothing that it
   * depends on has changed, with what somebody is computing, or by computing.
   *
   * @throws Whatever `compute` throws; what its asker may not spend reaches that asker alone.
   */
  ask<Q, A extends Answer>(
    asked: SharedQuestion<Q>,
    compute: (signal: AbortSignal) => Promise<A>,
  ): Promise<A>;
}

export interface SharedAnswersOptions {
  readonly versions: DataVersions;
  /** Shared by gateways as a rule. */
  readonly cache: Pick<Cache, 'get' | 'set' | 'delete'>;
  readonly database: string;
  readonly clock: () => number;
  /** Longest text of an answer that is kept, characters. */
  readonly maxCharacters: number;
  readonly log: Pick<Logger, 'warn'>;
  readonly onOutcome: (name: string, outcome: AnswerOutcome) => void;
}

/** Answers are found by the quarter hour, so longer they are of no use. */
const KEPT_MS = QUARTER_HOUR_MS;
/** How long a gateway that computes holds the others back, ms; a killed one is replaced within it. */
const CLAIM_MS = 2_000;
/** Between two looks for the answer of another gateway, ms. */
const FIRST_PAUSE_MS = 3;
const MAX_PAUSE_MS = 25;
/** How long a cache that fails is left alone, ms. */
const CACHE_REST_MS = 5_000;

/** A question that is being answered, for all who ask it now. */
interface Flight {
  readonly kept: Promise<KeptAnswer>;
  readonly stopping: AbortController;
  readers: number;
}

/**
 * Shares answers among callers of one process and, through the cache, of several.
 *
 * Every question begins with a look at the data. An answer that was made after an earlier look is
 * right at this one too when nothing it depends on has changed in between: then it is given, and
 * says so by the moment of the later look as its `asOf`. So it does not matter who computed it, when,
 * and whether anything was announced.
 */
export function shareAnswers(options: SharedAnswersOptions): SharedAnswers {
  const { versions, database, clock, log, onOutcome } = options;
  const flights = new Map<string, Flight>();
  let cacheRestsUntil = Number.NEGATIVE_INFINITY;
  /** Of all looks that have ended, the last. */
  let latest: DataLook | null = null;

  /** What the cache says; `otherwise` while it is away. */
  async function tried<T>(otherwise: T, call: () => Promise<T>): Promise<T> {
    if (clock() < cacheRestsUntil) return otherwise;
    try {
      return await call();
    } catch (error) {
      cacheRestsUntil = clock() + CACHE_REST_MS;
      log.warn({ reason: messageOf(error) }, 'answers are shared within this process alone');
      return otherwise;
    }
  }

  async function find(key: string): Promise<KeptAnswer | null> {
    return tried(null, async () => {
      const text = await options.cache.get(key);
      return text === null ? null : parseAnswer(text);
    });
  }

  const fits = (kept: KeptAnswer, look: DataLook): boolean =>
    versions.isUnchanged(kept.dependence, kept.since, look);

  /** Waits while another gateway computes the same. @returns Its answer, when it fits. */
  async function awaitOthers(
    key: string,
    look: DataLook,
    signal: AbortSignal,
  ): Promise<KeptAnswer | null> {
    const deadline = performance.now() + CLAIM_MS;
    for (
      let pauseMs = FIRST_PAUSE_MS;
      performance.now() < deadline && !signal.aborted;
      pauseMs *= 2
    ) {
      const isMine = await tried(true, () =>
        options.cache.set(claimOf(key), '1', CLAIM_MS, { onlyIfAbsent: true }),
      );
      // Who computed may have ended between the first search and the claim.
      const kept = await find(key);
      if (kept !== null && fits(kept, look)) {
        if (isMine) await release(key);
        return kept;
      }
      if (isMine) return null;
      await pause(Math.min(pauseMs, MAX_PAUSE_MS), signal);
    }
    return null;
  }

  async function release(key: string): Promise<void> {
    await tried(undefined, () => options.cache.delete(claimOf(key)));
  }

  function launch<Q, A extends Answer>(
    key: string,
    { name, question }: SharedQuestion<Q>,
    own: DataLook,
    compute: (signal: AbortSignal) => Promise<A>,
  ): Flight {
    const stopping = new AbortController();
    // Of those who wait, it may be the first to come who goes on: its own look serves the fewest.
    const look = latest ?? own;
    async function fly(): Promise<KeptAnswer> {
      const others = await awaitOthers(key, look, stopping.signal);
      if (others !== null) return others;
      try {
        const answer = await compute(stopping.signal);
        const tables = answer.meta.source;
        const dependence = dependenceOf(name, question, tables);
        const kept = { dependence, since: lookOf(look, tables), answer };
        await keep(key, kept, own);
        return kept;
      } finally {
        await release(key);
      }
    }
    const flight = { kept: fly(), stopping, readers: 0 };
    flights.set(key, flight);
    const end = (): void => land(key, flight);
    flight.kept.then(end, end);
    return flight;
  }

  async function keep(key: string, kept: KeptAnswer, asked: DataLook): Promise<void> {
    // Computed in another quarter hour, it belongs to another key.
    if (quarterHour(Date.parse(kept.answer.meta.asOf)) !== quarterHour(asked.atMs)) return;
    const text = formatAnswer(kept);
    if (text === null || text.length > options.maxCharacters) return;
    await tried(false, () => options.cache.set(key, text, KEPT_MS));
  }

  function land(key: string, flight: Flight): void {
    if (flights.get(key) === flight) flights.delete(key);
  }

  /** Waits for a flight until the caller goes; the last to go ends it. */
  async function read(key: string, flight: Flight, signal: AbortSignal): Promise<KeptAnswer> {
    flight.readers += 1;
    let leave = (): void => undefined;
    const left = new Promise<never>((_resolve, reject) => {
      leave = () => reject(signal.reason as Error);
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
    });
    try {
      return await Promise.race([flight.kept, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      flight.readers -= 1;
      if (flight.readers === 0) {
        land(key, flight);
        flight.stopping.abort();
      }
    }
  }

  return {
    async ask<Q, A extends Answer>(
      asked: SharedQuestion<Q>,
      compute: (signal: AbortSignal) => Promise<A>,
    ): Promise<A> {
      const { name, question, settings, signal } = asked;
      const startedAt = performance.now();
      const look = await versions.look().catch((error: unknown) => {
        log.warn(
          { reason: messageOf(error) },
          'answers are not shared: the data cannot be looked at',
        );
        return null;
      });
      latest = look ?? latest;
      const key =
        look === null ? null : answerKey(database, { name, settings, question }, look.atMs);
      if (look === null || key === null) {
        onOutcome(name, 'alone');
        return compute(signal);
      }
      const given = (kept: KeptAnswer, rowsRead: number): A => {
        const answer = kept.answer as A;
        const asOf = new Date(look.atMs).toISOString();
        const elapsedMs = performance.now() - startedAt;
        return { ...answer, meta: { ...answer.meta, asOf, rowsRead, elapsedMs } };
      };

      const kept = await find(key);
      if (kept !== null && fits(kept, look)) {
        onOutcome(name, 'hit');
        return given(kept, 0);
      }
      for (;;) {
        signal.throwIfAborted();
        const joined = flights.get(key);
        if (joined === undefined) {
          let isOwn = false;
          const flight = launch(key, asked, look, (stop) => {
            isOwn = true;
            return compute(stop);
          });
          const made = await read(key, flight, signal);
          onOutcome(name, isOwn ? 'asked' : 'joined');
          if (isOwn) return made.answer as A;
          await asked.pay(made.answer.meta.rowsRead);
          return given(made, made.answer.meta.rowsRead);
        }
        const made = await read(key, joined, signal).catch((error: unknown) => {
          // What another may not spend is nothing to this caller.
          if (isAppError(error, 'COST_EXCEEDED')) return null;
          throw error;
        });
        // One that began before the look may lack what has come since; the next one began later.
        if (made === null || !isSameQuarter(made, look) || !fits(made, look)) continue;
        await asked.pay(made.answer.meta.rowsRead);
        onOutcome(name, 'joined');
        return given(made, made.answer.meta.rowsRead);
      }
    },
  };
}

function claimOf(key: string): string {
  return `${key}/claim`;
}

function quarterHour(ms: number): number {
  return Math.floor(ms / QUARTER_HOUR_MS);
}

function isSameQuarter({ answer }: KeptAnswer, look: DataLook): boolean {
  return quarterHour(Date.parse(answer.meta.asOf)) === quarterHour(look.atMs);
}
