import { isAppError, messageOf } from '../errors.js';
import type { Telemetry } from '../telemetry.js';
import type { Callers } from './caller.js';

/** Looks after the keys of open connections. */
export interface KeyWatch {
  /**
   * @param origin Header `origin` of the connection, where it has one.
   * @param onLost Called once when the key is no longer in force there. @returns Stops watching.
   */
  watch(secret: string, origin: string | undefined, onLost: () => void): () => void;
  stop(): void;
}

/** A key at an origin, and who is to be told when it is lost there. */
interface Watched {
  readonly secret: string;
  readonly origin: string | undefined;
  readonly members: Set<() => void>;
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
  const watched = new Map<string, Watched>();
  let timer: NodeJS.Timeout | null = null;

  async function check(id: string, { secret, origin, members }: Watched): Promise<void> {
    try {
      await callers.authenticate(secret, origin);
    } catch (error) {
      const isRefused = isAppError(error, 'UNAUTHENTICATED') && !error.isRetryable;
      if (!isRefused && !isAppError(error, 'FORBIDDEN')) {
        telemetry.log.warn({ reason: messageOf(error) }, 'a key could not be checked again');
        return;
      }
      if (watched.get(id)?.members === members) watched.delete(id);
      for (const onLost of members) onLost();
    }
  }

  function stop(): void {
    if (timer !== null) clearInterval(timer);
    timer = null;
  }

  return {
    watch(secret, origin, onLost) {
      const id = JSON.stringify([secret, origin]);
      const one = watched.get(id) ?? { secret, origin, members: new Set() };
      one.members.add(onLost);
      watched.set(id, one);
      if (timer === null) {
        timer = setInterval(() => {
          for (const [each, members] of watched) void check(each, members);
        }, everyMs);
        timer.unref();
      }
      return () => {
        one.members.delete(onLost);
        if (one.members.size === 0 && watched.get(id) === one) watched.delete(id);
        if (watched.size === 0) stop();
      };
    },
    stop,
  };
}
