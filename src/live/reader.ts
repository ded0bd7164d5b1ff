/** The reading end of one watcher: what a source offers, at the pace of whoever iterates. */
export interface Reader<T> {
  /** Ends normally when `signal` of {@link createReader} aborts, or by `return`. */
  readonly values: AsyncIterable<T>;
  /** Tells the reader that the buffer has something to take. */
  wake(): void;
  /** Ends the iteration; with an error, the iteration throws it. What waits is let go. */
  end(error?: unknown): void;
}

export interface ReaderOptions<T> {
  readonly signal: AbortSignal;
  /** Takes the next value out of the buffer; undefined when it is empty. */
  readonly take: () => T | undefined;
  /** Called once when iteration begins; values come only from then on. */
  readonly onStart: () => void;
  /** Called once when iteration has ended for whatever reason, and only after `onStart`. */
  readonly onEnd: () => void;
}

type State = 'idle' | 'reading' | 'ended';

/**
 * An async iterable over a buffer that somebody else fills and bounds. One iteration, one consumer;
 * nothing happens until it begins.
 */
export function createReader<T>({ signal, take, onStart, onEnd }: ReaderOptions<T>): Reader<T> {
  let state: State = 'idle';
  let failure: { readonly error: unknown } | null = null;
  let waiting: (() => void) | null = null;

  function wake(): void {
    const resume = waiting;
    waiting = null;
    resume?.();
  }

  function end(error?: unknown): void {
    if (state === 'ended') return;
    const hadStarted = state === 'reading';
    state = 'ended';
    if (error !== undefined) failure = { error };
    signal.removeEventListener('abort', onAbort);
    if (hadStarted) onEnd();
    wake();
  }

  function onAbort(): void {
    end();
  }

  async function next(): Promise<IteratorResult<T, undefined>> {
    if (state === 'idle') {
      state = 'reading';
      if (signal.aborted) {
        state = 'ended';
      } else {
        signal.addEventListener('abort', onAbort, { once: true });
        onStart();
      }
    }
    for (;;) {
      if (failure !== null) {
        const { error } = failure;
        failure = null;
        throw error;
      }
      if (state === 'ended') return { value: undefined, done: true };
      const value = take();
      if (value !== undefined) return { value, done: false };
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
    }
  }

  const iterator: AsyncIterableIterator<T, undefined> = {
    next,
    async return() {
      end();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return { values: iterator, wake, end };
}
