/** Produces the values of one question until the signal aborts; may throw, which all members see. */
export type Produce<T> = (emit: (value: T) => void, signal: AbortSignal) => Promise<void>;

/** Runs each distinct question once, however many watch it. */
export interface SharedSources<T> {
  /**
   * The values of the question named by `key`, from now on. The first member starts it, the last
   * one to leave stops it. `join` is what a member does with each value.
   */
  watch(key: string, produce: Produce<T>, signal: AbortSignal): AsyncIterable<T>;
}

interface Member<T> {
  push(value: T): void;
  fail(error: unknown): void;
  end(): void;
}

interface Source<T> {
  readonly members: Set<Member<T>>;
  readonly stop: AbortController;
  last: { readonly value: T } | null;
}

/**
 * How a member keeps what it has not read yet: `latest` keeps one value, for states; a number keeps
 * that many of the newest, for streams.
 */
export interface SharedSourceOptions<T> {
  readonly isState: boolean;
  /** Values that wait for a slow reader; the oldest are merged away by `onDropped`. */
  readonly bufferLength: number;
  /** Told of a value that was dropped, so that the next one can say so. */
  readonly onDropped?: (dropped: T, next: T) => T;
}

/** Sources shared by key; see {@link SharedSources}. */
export function createSharedSources<T>(options: SharedSourceOptions<T>): SharedSources<T> {
  const sources = new Map<string, Source<T>>();

  function start(key: string, produce: Produce<T>): Source<T> {
    const source: Source<T> = { members: new Set(), stop: new AbortController(), last: null };
    sources.set(key, source);
    const emit = (value: T): void => {
      if (options.isState) source.last = { value };
      for (const member of source.members) member.push(value);
    };
    const forget = (): void => {
      if (sources.get(key) === source) sources.delete(key);
    };
    produce(emit, source.stop.signal).then(
      () => {
        forget();
        for (const member of source.members) member.end();
      },
      (error: unknown) => {
        forget();
        for (const member of source.members) member.fail(error);
      },
    );
    return source;
  }

  return {
    async *watch(key, produce, signal) {
      if (signal.aborted) return;
      const source = sources.get(key) ?? start(key, produce);
      const queue: T[] = source.last === null ? [] : [source.last.value];
      let failure: { readonly error: unknown } | null = null;
      let isOver = false;
      let wake: (() => void) | null = null;
      const rouse = (): void => {
        wake?.();
        wake = null;
      };
      const member: Member<T> = {
        push(value) {
          queue.push(value);
          while (queue.length > options.bufferLength) {
            const dropped = queue.shift();
            const next = queue[0];
            if (dropped !== undefined && next !== undefined && options.onDropped !== undefined) {
              queue[0] = options.onDropped(dropped, next);
            }
          }
          rouse();
        },
        fail(error) {
          failure = { error };
          rouse();
        },
        end() {
          isOver = true;
          rouse();
        },
      };
      source.members.add(member);
      signal.addEventListener('abort', rouse);
      try {
        while (!signal.aborted) {
          const value = queue.shift();
          if (value !== undefined) {
            yield value;
            continue;
          }
          const failed = failure as { readonly error: unknown } | null;
          if (failed !== null) throw failed.error;
          if (isOver) return;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        signal.removeEventListener('abort', rouse);
        source.members.delete(member);
        if (source.members.size === 0) {
          source.stop.abort();
          if (sources.get(key) === source) sources.delete(key);
        }
      }
    },
  };
}
