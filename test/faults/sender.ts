import { setTimeout as wait } from 'node:timers/promises';
import type { EventJson } from '../testkit/seed-events.js';
import type { Delivery } from './stream.js';

/** Puts copies on the log directly, as another producer; resolves when it has them. */
export type AppendForeign = (deliveries: readonly Delivery[]) => Promise<void>;

export interface SenderOptions {
  readonly collectorUrl: string;
  /** Importer key of each project. */
  readonly keys: ReadonlyMap<string, string>;
  readonly deliveries: readonly Delivery[];
  readonly perSecond: number;
  readonly appendForeign: AppendForeign | null;
}

/** What became of the stream. */
export interface Sent {
  /** First copies that the collector acknowledged, by project, in the order of acknowledgement. */
  readonly acknowledged: ReadonlyMap<string, readonly EventJson[]>;
  readonly deliveries: number;
  readonly late: number;
  readonly copies: ReadonlyMap<string, number>;
  /** Requests that had no answer, or one that asked to come again, and were sent once more. */
  readonly unanswered: number;
  readonly seconds: number;
}

export interface Sender {
  /** Sends what is due when `signal` aborts, or all; resolves when the last one is acknowledged. */
  run(signal: AbortSignal): Promise<Sent>;
  /** First copies handed to a request so far, acknowledged or not. */
  offered(projectId: string): number;
}

const MOST_IN_FLIGHT = 8;
/** Taken at a time; what an outage held up is made good in large requests. */
const MOST_EVENTS = 8_000;
const ANSWER_WITHIN_MS = 5_000;
const RETRY_MS = 100;

/**
 * Sends a stream at a rate and as a client should: a request without an answer is sent again with
 * the same events until it has one. A copy that differs goes out once its first copy was
 * acknowledged, so that it is known which of them the log took first.
 *
 * @throws Error when the collector refuses an event: the stream holds none to refuse.
 */
export function createSender(options: SenderOptions): Sender {
  const { deliveries, perSecond } = options;
  const acknowledged = new Map<string, EventJson[]>();
  const known = new Set<string>();
  const copies = new Map<string, number>();
  const offered = new Map<string, number>();
  let unanswered = 0;

  const keyOf = ({ projectId, event }: Delivery): string => `${projectId} ${event.event_id}`;

  function acknowledge(sent: readonly Delivery[]): void {
    for (const delivery of sent) {
      const { projectId, kind, event } = delivery;
      if (kind !== 'first') {
        copies.set(kind, (copies.get(kind) ?? 0) + 1);
        continue;
      }
      known.add(keyOf(delivery));
      const list = acknowledged.get(projectId);
      if (list === undefined) acknowledged.set(projectId, [event]);
      else list.push(event);
    }
  }

  async function post(projectId: string, sent: readonly Delivery[]): Promise<void> {
    const body = sent.map(({ event }) => JSON.stringify(event)).join('\n');
    for (;;) {
      try {
        const response = await fetch(`${options.collectorUrl}/v1/events`, {
          method: 'POST',
          headers: {
            'content-type': 'application/x-ndjson',
            authorization: `Bearer ${options.keys.get(projectId)}`,
          },
          body,
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        });
        const text = await response.text();
        if (response.status === 200) {
          const { accepted, rejected } = JSON.parse(text) as {
            accepted: number;
            rejected: readonly unknown[];
          };
          if (accepted === sent.length && rejected.length === 0) return;
        }
        if (response.status < 500 && response.status !== 429) {
          throw new RefusedError(
            `the collector answered ${response.status}: ${text.slice(0, 500)}`,
          );
        }
      } catch (error) {
        // Anything else is a connection that broke or an answer that did not come.
        if (error instanceof RefusedError) throw error;
      }
      unanswered += 1;
      await wait(RETRY_MS);
    }
  }

  async function append(sent: readonly Delivery[]): Promise<void> {
    for (;;) {
      try {
        await options.appendForeign?.(sent);
        return;
      } catch {
        unanswered += 1;
        await wait(RETRY_MS);
      }
    }
  }

  async function send(sent: readonly Delivery[]): Promise<void> {
    const [first] = sent;
    if (first === undefined) return;
    if (first.kind === 'foreign key') await append(sent);
    else await post(first.projectId, sent);
    acknowledge(sent);
  }

  return {
    offered: (projectId) => offered.get(projectId) ?? 0,
    async run(signal) {
      const startedAt = Date.now();
      const inFlight = new Set<Promise<void>>();
      let waiting: Delivery[] = [];
      const failures: unknown[] = [];
      let taken = 0;
      let end = 0;
      while (taken < (signal.aborted ? end : deliveries.length) || waiting.length > 0) {
        rethrow(failures);
        if (!signal.aborted) {
          const due = Math.floor(((Date.now() - startedAt) / 1000) * perSecond);
          end = Math.min(due, deliveries.length);
        }
        const until = Math.min(end, taken + MOST_EVENTS);
        const candidates = [...waiting, ...deliveries.slice(taken, until)];
        taken = Math.max(taken, until);
        waiting = [];
        const groups = new Map<string, Delivery[]>();
        for (const delivery of candidates) {
          const { projectId, kind } = delivery;
          if (kind !== 'first' && kind !== 'twin' && !known.has(keyOf(delivery))) {
            waiting.push(delivery);
            continue;
          }
          if (kind === 'first') offered.set(projectId, (offered.get(projectId) ?? 0) + 1);
          const group = kind === 'foreign key' ? kind : projectId;
          const list = groups.get(group);
          if (list === undefined) groups.set(group, [delivery]);
          else list.push(delivery);
        }
        for (const group of groups.values()) {
          while (inFlight.size >= MOST_IN_FLIGHT) await Promise.race(inFlight);
          const sending: Promise<void> = send(group)
            .catch((error: unknown) => {
              failures.push(error);
            })
            .finally(() => inFlight.delete(sending));
          inFlight.add(sending);
        }
        await wait(50);
      }
      await Promise.all(inFlight);
      rethrow(failures);
      return {
        acknowledged,
        deliveries: taken,
        late: deliveries.slice(0, taken).filter(({ isLate }) => isLate).length,
        copies,
        unanswered,
        seconds: (Date.now() - startedAt) / 1000,
      };
    },
  };
}

class RefusedError extends Error {}

function rethrow([failure]: readonly unknown[]): void {
  if (failure !== undefined) throw failure;
}
