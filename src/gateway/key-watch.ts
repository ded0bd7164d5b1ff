import { isAppError, messageOf } from '../errors.js';
import type { Telemetry } from '../telemetry.js';
import type { Callers } from './caller.js';

/** Looks after the keys of open connections. */
export interface KeyWatch {
  /** @param onLost Called once when the key is no longer in force. @returns Stops watching. */
  watch(secret: string, onLost: () => void): () => void;
  stop(): void;
}

export interface KeyWatchOptions {
  readonly callers: Pick<Callers, 'authenticate'>;
  readonly telemetry: Pick<Telemetry, 'log'>;
  /** Between two looks at each key, ms. */
  readonly everyMs: number;
}

/**
 * Checks each key that has a connection again and again, once for all its connections, so that a
 * revoked or expired one loses them. A store that is away revokes nothing.
 */
export function createKeyWatch({ callers, telemetry, everyMs }: KeyWatchOptions): KeyWatch {
  const watched = new Map<string, Set<() => void>>();
  let timer: NodeJS.Timeout | null = null;

  async function check(secret: string): Promise<void> {
    try {
      await callers.authenticate(secret);
    } catch (error) {
      if (!isAppError(error, 'UNAUTHENTICATED')) {
        telemetry.log.warn({ reason: messageOf(error) }, 'a key could not be checked again');
        return;
      }
      const lost = watched.get(secret) ?? new Set();
      watched.delete(secret);
      for (const onLost of lost) onLost();
    }
  }

  function stop(): void {
    if (timer !== null) clearInterval(timer);
    timer = null;
  }

  return {
    watch(secret, onLost) {
      const set = watched.get(secret) ?? new Set();
      set.add(onLost);
      watched.set(secret, set);
      if (timer === null) {
        timer = setInterval(() => {
          for (const each of watched.keys()) void check(each);
        }, everyMs);
        timer.unref();
      }
      return () => {
        set.delete(onLost);
        if (set.size === 0 && watched.get(secret) === set) watched.delete(secret);
        if (watched.size === 0) stop();
      };
    },
    stop,
  };
}
