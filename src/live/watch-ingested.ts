import { isAppError } from '../errors.js';
import type { PubSub } from '../pubsub/pubsub.js';
import { INGESTED_CHANNEL, type IngestedProject, parseIngested } from './ingested.js';
import { backOffMs, type LiveTiming } from './live-timing.js';

/** The changes of one project since they were last taken. */
export interface ProjectChanges {
  /**
   * Whether events may have come since the last call whose time reaches `fromMs` or later; the
   * first call answers yes. Always yes while announcements cannot be received.
   */
  take(fromMs: number): boolean;
  /** Stops observing. */
  stop(): void;
}

/** Announcements of the ingester, received once for all watchers of a process. */
export interface IngestedHub {
  /** Observes a project. The subscription begins with the first observer and ends after the last. */
  observe(projectId: string): ProjectChanges;
  stop(): void;
}

export interface IngestedHubOptions extends LiveTiming {
  readonly pubsub: Pick<PubSub, 'subscribe'>;
  /** Told of every failure of the subscription, before the back-off. */
  readonly onError: (error: unknown) => void;
}

interface Observer extends ProjectChanges {
  /** Null: anything may have changed. */
  changed(project: IngestedProject | null): void;
}

/**
 * Subscribes to the announcements and goes on after failures of the store: from the last message it
 * saw, or, when that is no longer kept, anew with everything taken for changed.
 */
export function createIngestedHub({
  pubsub,
  clock: _clock,
  sleep,
  onError,
}: IngestedHubOptions): IngestedHub {
  const observers = new Map<string, Set<Observer>>();
  let running: AbortController | null = null;
  let isReceiving = false;

  function everythingChanged(): void {
    for (const set of observers.values()) for (const observer of set) observer.changed(null);
  }

  function receive(text: string): void {
    const ingested = parseIngested(text);
    if (ingested === null) {
      onError(new TypeError(`${INGESTED_CHANNEL}: expected an announcement of a batch`));
      everythingChanged();
      return;
    }
    for (const [projectId, project] of ingested.projects) {
      for (const observer of observers.get(projectId) ?? []) observer.changed(project);
    }
  }

  async function follow(signal: AbortSignal): Promise<void> {
    let after: string | undefined;
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        const messages = await pubsub.subscribe(INGESTED_CHANNEL, {
          signal,
          ...(after === undefined ? {} : { after }),
        });
        // What came before the subscription was live is known only when it goes on from a message.
        if (after === undefined) everythingChanged();
        isReceiving = true;
        for await (const { id, text } of messages) {
          tries = 0;
          after = id;
          receive(text);
        }
      } catch (error) {
        if (!signal.aborted) onError(error);
        if (isAppError(error, 'REPLAY_GAP')) after = undefined;
      }
      isReceiving = false;
      if (signal.aborted) return;
      everythingChanged();
      await sleep(backOffMs(tries), signal);
    }
  }

  function start(): void {
    if (running !== null) return;
    running = new AbortController();
    const { signal } = running;
    follow(signal).catch(onError);
  }

  function stop(): void {
    running?.abort();
    running = null;
    isReceiving = false;
  }

  return {
    observe(projectId) {
      let latest = Number.POSITIVE_INFINITY;
      const observer: Observer = {
        changed(project) {
          latest = Math.max(latest, project === null ? Number.POSITIVE_INFINITY : project.to);
        },
        take(fromMs) {
          const hasChanged = !isReceiving || latest >= fromMs;
          latest = Number.NEGATIVE_INFINITY;
          return hasChanged;
        },
        stop() {
          const set = observers.get(projectId);
          set?.delete(observer);
          if (set?.size === 0) observers.delete(projectId);
          if (observers.size === 0) stop();
        },
      };
      const set = observers.get(projectId) ?? new Set();
      set.add(observer);
      observers.set(projectId, set);
      start();
      return observer;
    },
    stop() {
      observers.clear();
      stop();
    },
  };
}
