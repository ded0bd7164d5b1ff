import type { Logger } from 'pino';
import { messageOf } from '../errors.js';
import type { PubSub } from '../pubsub/pubsub.js';
import { INGESTED_CHANNEL, parseIngested } from './ingested.js';

/** Longest pause before subscribing again, ms. */
const MAX_PAUSE_MS = 5_000;

/** Tells who is interested that new data of a project can be asked for. */
export interface IngestedNotices {
  /** Calls `listener` after each batch with events of the project; returns how to stop it. */
  onIngested(projectId: string, listener: () => void): () => void;
}

export interface WatchIngestedOptions {
  readonly pubsub: Pick<PubSub, 'subscribe'>;
  readonly log: Pick<Logger, 'warn'>;
  /** Ends the watching. */
  readonly signal: AbortSignal;
}

/**
 * One subscription of this process to the announcements of the ingesters. It survives outages of
 * the store: after a gap every project counts as changed, so that no change goes unseen.
 */
export function watchIngested({ pubsub, log, signal }: WatchIngestedOptions): IngestedNotices {
  const listeners = new Map<string, Set<() => void>>();

  function notify(projectIds: Iterable<string>): void {
    for (const projectId of projectIds) {
      for (const listener of listeners.get(projectId) ?? []) listener();
    }
  }

  function projectsIn(text: string): Iterable<string> {
    const projects = parseIngested(text)?.projects;
    if (projects === undefined) return [];
    return projects instanceof Map ? projects.keys() : Object.keys(projects);
  }

  async function follow(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const messages = await pubsub.subscribe(INGESTED_CHANNEL, { signal });
        if (failures > 0) notify([...listeners.keys()]);
        failures = 0;
        for await (const { text } of messages) notify(projectsIn(text));
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        log.warn({ reason: messageOf(error) }, 'announcements of new data are interrupted');
        notify([...listeners.keys()]);
        await pause(Math.min(MAX_PAUSE_MS, 100 * 2 ** failures), signal);
      }
    }
  }
  void follow();

  return {
    onIngested(projectId, listener) {
      const known = listeners.get(projectId) ?? new Set();
      listeners.set(projectId, known);
      known.add(listener);
      return () => {
        known.delete(listener);
        if (known.size === 0) listeners.delete(projectId);
      };
    },
  };
}

/** Resolves after `ms`, or at once when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
