import type { Logger } from 'pino';
import { isAppError, messageOf } from '../errors.js';
import type { PubSub } from '../pubsub/pubsub.js';
import { INGESTED_CHANNEL, type IngestedProject, parseIngested } from './ingested.js';
import { backOffMs, type Sleep, sleep } from './live-timing.js';

/** The changes of one project since they were last taken. */
export interface ProjectChanges {
  /**
   * Whether events may have come since the last call whose time is in `[fromMs, toMs)`, left out:
   * without an end. The first call answers yes. Always yes while announcements cannot be received.
   */
  take(fromMs: number, toMs?: number): boolean;
  /** Stops observing. */
  stop(): void;
}

/** Announcements of the ingester, received once for all watchers of a process. */
export interface IngestedNotices {
  /** Observes a project. The subscription begins with the first observer and ends after the last. */
  observe(projectId: string): ProjectChanges;
}

export interface WatchIngestedOptions {
  readonly pubsub: Pick<PubSub, 'subscribe'>;
  readonly log: Pick<Logger, 'warn'>;
  /** Ends everything. */
  readonly signal: AbortSignal;
  /** Pause between tries; that of the process unless a test brings its own. */
  readonly sleep?: Sleep;
}

interface Observer {
  /** Null: anything may have changed. */
  changed(project: IngestedProject | null): void;
}

/**
 * Receives the announcements and goes on after failures of the store: from the last message it
 * saw, or, when that is no longer kept, anew with everything taken for changed.
 */
export function watchIngested(options: WatchIngestedOptions): IngestedNotices {
  const pause = options.sleep ?? sleep;
  const observers = new Map<string, Set<Observer>>();
  let running: AbortController | null = null;
  let isReceiving = false;

  function everythingChanged(): void {
    for (const set of observers.values()) for (const observer of set) observer.changed(null);
  }

  function receive(text: string): void {
    const ingested = parseIngested(text);
    if (ingested === null) {
      options.log.warn({ channel: INGESTED_CHANNEL }, 'an announcement of a batch is not readable');
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
        const messages = await options.pubsub.subscribe(INGESTED_CHANNEL, {
          signal,
          ...(after === undefined ? {} : { after }),
        });
        // Only a subscription that goes on from a message has missed nothing.
        if (after === undefined) everythingChanged();
        if (!signal.aborted) isReceiving = true;
        for await (const { id, text } of messages) {
          tries = 0;
          after = id;
          receive(text);
        }
      } catch (error) {
        if (isAppError(error, 'REPLAY_GAP')) after = undefined;
        if (!signal.aborted) {
          options.log.warn(
            { reason: messageOf(error) },
            'announcements of batches are interrupted',
          );
        }
      }
      // A later subscription has its own controller and its own state.
      if (signal.aborted) return;
      isReceiving = false;
      everythingChanged();
      await pause(backOffMs(tries), signal);
    }
  }

  function add(projectId: string, observer: Observer): () => void {
    const set = observers.get(projectId) ?? new Set();
    set.add(observer);
    observers.set(projectId, set);
    if (running === null && !options.signal.aborted) {
      running = new AbortController();
      const { signal } = running;
      void follow(AbortSignal.any([signal, options.signal]));
    }
    return () => {
      set.delete(observer);
      if (set.size === 0 && observers.get(projectId) === set) observers.delete(projectId);
      if (observers.size > 0) return;
      running?.abort();
      running = null;
      isReceiving = false;
    };
  }

  return {
    observe(projectId) {
      let earliest = Number.NEGATIVE_INFINITY;
      let latest = Number.POSITIVE_INFINITY;
      const stop = add(projectId, {
        changed(project) {
          earliest = Math.min(earliest, project?.from ?? Number.NEGATIVE_INFINITY);
          latest = Math.max(latest, project === null ? Number.POSITIVE_INFINITY : project.to);
        },
      });
      return {
        stop,
        take(fromMs, toMs = Number.POSITIVE_INFINITY) {
          const hasChanged = !isReceiving || (latest >= fromMs && earliest < toMs);
          earliest = Number.POSITIVE_INFINITY;
          latest = Number.NEGATIVE_INFINITY;
          return hasChanged;
        },
      };
    },
  };
}
