import { createReader, type Reader } from './reader.js';

/** Runs each distinct watch once, whatever the number of its readers. */
export interface SharedWatches {
  /**
   * The values of the watch of this key. The first reader starts it, the last to leave stops it. A
   * reader gets the newest value only: what it was too slow for is replaced, never queued. A reader
   * that joins gets the newest value at once. A watch that fails or ends does so for all.
   */
  join<T>(input: {
    readonly key: string;
    readonly signal: AbortSignal;
    readonly start: (signal: AbortSignal) => AsyncIterable<T>;
  }): AsyncIterable<T>;
  /** Ends all watches. */
  stop(): void;
}

interface Seat {
  readonly reader: Reader<unknown>;
  offer(value: unknown): void;
}

interface Watch {
  readonly controller: AbortController;
  readonly seats: Set<Seat>;
  newest: { readonly value: unknown } | null;
}

export function createSharedWatches(): SharedWatches {
  const watches = new Map<string, Watch>();

  function close(key: string, watch: Watch, error?: unknown): void {
    if (watches.get(key) === watch) watches.delete(key);
    watch.controller.abort();
    for (const seat of [...watch.seats]) seat.reader.end(error);
  }

  async function run(key: string, watch: Watch, values: AsyncIterable<unknown>): Promise<void> {
    try {
      for await (const value of values) {
        watch.newest = { value };
        for (const seat of watch.seats) seat.offer(value);
      }
      close(key, watch);
    } catch (error) {
      close(key, watch, error);
    }
  }

  function open(key: string, start: (signal: AbortSignal) => AsyncIterable<unknown>): Watch {
    const known = watches.get(key);
    if (known !== undefined) return known;
    const controller = new AbortController();
    const watch: Watch = { controller, seats: new Set(), newest: null };
    watches.set(key, watch);
    // All failures end in the readers.
    void run(key, watch, start(controller.signal));
    return watch;
  }

  return {
    join<T>({
      key,
      signal,
      start,
    }: {
      readonly key: string;
      readonly signal: AbortSignal;
      readonly start: (signal: AbortSignal) => AsyncIterable<T>;
    }): AsyncIterable<T> {
      let waiting: { readonly value: T } | null = null;
      let watch: Watch | null = null;
      const reader = createReader<T>({
        signal,
        take() {
          const taken = waiting?.value;
          waiting = null;
          return taken;
        },
        onStart() {
          watch = open(key, start);
          watch.seats.add(seat);
          if (watch.newest !== null) seat.offer(watch.newest.value);
        },
        onEnd() {
          if (watch === null) return;
          watch.seats.delete(seat);
          if (watch.seats.size === 0) close(key, watch);
        },
      });
      const seat: Seat = {
        reader: reader as Reader<unknown>,
        offer(value) {
          // Readers of one key have one type, that of the start function of this key.
          waiting = { value: value as T };
          reader.wake();
        },
      };
      return reader.values;
    },
    stop() {
      for (const [key, watch] of [...watches]) close(key, watch);
    },
  };
}
