import fc from 'fast-check';
import { EXPERIMENT } from '../testkit/oracle/check-experiment.js';
import type { OracleQuestion } from '../testkit/oracle/oracle-metrics.js';
import { type RandomWorld, randomWorld } from '../testkit/oracle/random-world.js';
import { between, type Random, randomNumbers } from '../testkit/random-numbers.js';
import type { EventJson } from '../testkit/seed-events.js';

/** How a delivery relates to the event it carries. */
export type DeliveryKind =
  /** The first copy: it is the one that counts. */
  | 'first'
  /** The same bytes right behind the first copy, in one request. */
  | 'twin'
  /** The same bytes once more, later. */
  | 'again'
  /** Another name and time under the same id. */
  | 'changed'
  /** Another platform, hence another topic, under the same id. */
  | 'other topic'
  /** Put on the log by another producer, on a partition that does not own the id. */
  | 'foreign key';

/** One copy of an event on its way in. */
export interface Delivery {
  readonly projectId: string;
  readonly kind: DeliveryKind;
  readonly event: EventJson;
  /** True when it is sent out of its turn, seconds to minutes after its neighbours. */
  readonly isLate: boolean;
}

/** A project of the run: its question, and what one asks of it besides. */
export interface FaultProject {
  readonly projectId: string;
  readonly question: OracleQuestion;
  readonly grain: RandomWorld['grain'];
  readonly breakdown: string;
}

export interface FaultStream {
  readonly projects: readonly FaultProject[];
  /** In the order of sending. */
  readonly deliveries: readonly Delivery[];
}

const PROJECTS = 16;
/** Events of one project in a row, so that a request carries many. */
const RUN_LENGTH = 150;
const POOL = 400;
const COPY_SHARE = 0.03;
const LATE_SHARE = 0.03;
/** How far behind their place late events and copies are sent, in deliveries. */
const LEAST_DELAY = 3_000;
const MOST_DELAY = 40_000;

/**
 * A seeded stream of at least `count` deliveries: many small worlds of the metric oracle side by
 * side in a few projects, 3 % of the events delivered again in every way copies come about, and 3 %
 * late.
 *
 * @param withForeignKeys Whether some copies go to the log directly, which embedded cannot take.
 */
export function faultStream({
  seed,
  count,
  withForeignKeys,
}: {
  readonly seed: number;
  readonly count: number;
  readonly withForeignKeys: boolean;
}): FaultStream {
  const random = randomNumbers(seed);
  const pool = fc.sample(randomWorld, { seed, numRuns: POOL });
  const projects = pool.slice(0, PROJECTS).map(
    (world, index): FaultProject => ({
      projectId: `faults-${index}`,
      question: {
        ...world.question,
        // Settings take them in lower case only.
        linkedDomains: world.question.linkedDomains.map((host) => host.toLowerCase()),
      },
      grain: world.grain,
      // Accounts are too many here for one list.
      breakdown: world.breakdown === 'user_id' ? 'platform' : world.breakdown,
    }),
  );
  const planned: { at: number; delivery: Delivery }[] = [];
  const plan = (at: number, delivery: Delivery): void => {
    planned.push({ at, delivery });
  };
  const filled = projects.map((): EventJson[] => []);
  for (let instance = 0, place = 0; place < count; instance += 1) {
    const at = instance % PROJECTS;
    const project = projects[at];
    const waiting = filled[at];
    const world = pool[between(random, 0, pool.length - 1)];
    if (project === undefined || waiting === undefined || world === undefined) break;
    waiting.push(...instanceOf(world, project.question, instance));
    if (waiting.length < RUN_LENGTH) continue;
    for (const event of waiting.splice(0)) {
      const isLate = random() < LATE_SHARE;
      const delay = isLate ? between(random, LEAST_DELAY, MOST_DELAY) : 0;
      plan(place + delay, { projectId: project.projectId, kind: 'first', event, isLate });
      if (random() < COPY_SHARE) {
        const kind = copyKind(random, withForeignKeys);
        const behind = kind === 'twin' ? 0.5 : between(random, LEAST_DELAY, MOST_DELAY);
        const copy = { projectId: project.projectId, kind, event: copyOf(event, kind), isLate };
        plan(place + delay + behind, copy);
      }
      place += 1;
    }
  }
  planned.sort((a, b) => a.at - b.at);
  return { projects, deliveries: planned.map(({ delivery }) => delivery) };
}

function copyKind(random: Random, withForeignKeys: boolean): DeliveryKind {
  const kinds: readonly DeliveryKind[] = ['twin', 'again', 'changed', 'other topic', 'foreign key'];
  return kinds[between(random, 0, withForeignKeys ? 4 : 3)] ?? 'again';
}

function copyOf(event: EventJson, kind: DeliveryKind): EventJson {
  if (kind === 'changed' || kind === 'foreign key') {
    const later = new Date(Date.parse(event.timestamp) + 3_600_000).toISOString();
    return { ...event, event_name: 'copied', timestamp: later };
  }
  if (kind !== 'other topic') return event;
  return { ...event, platform: event.platform === 'mobile' ? 'web' : 'mobile' };
}

/** How long after its receipt an event is called queryable where its world says nothing, ms. */
const USUAL_WAIT_MS = 2_000;

/**
 * The people and orders of a world under names of their own, moved into the project's range, all
 * clocks told, so that the comparison knows them. One device of each meets an experiment.
 */
function instanceOf(
  world: RandomWorld,
  { from }: OracleQuestion,
  instance: number,
): readonly EventJson[] {
  const shift = Date.parse(from) - Date.parse(world.question.from);
  const own = (value: unknown): string => `${instance}.${value}`;
  const moved = (instant: string): string => new Date(Date.parse(instant) + shift).toISOString();
  // The copies of a run are its own.
  const seen = new Set<string>();
  const events = world.events
    .filter(({ event_id }) => !seen.has(event_id) && seen.add(event_id))
    .map((event) => {
      const { event_id, timestamp, anonymous_id, user_id, session_id, properties } = event;
      const { order_id } = properties ?? {};
      const received_at = moved(String(event.received_at ?? timestamp));
      const waited = new Date(Date.parse(received_at) + USUAL_WAIT_MS).toISOString();
      const { queryable_at } = event;
      return {
        ...event,
        event_id: own(event_id),
        timestamp: moved(timestamp),
        received_at,
        queryable_at: queryable_at === undefined ? waited : moved(String(queryable_at)),
        ...(anonymous_id === undefined ? {} : { anonymous_id: own(anonymous_id) }),
        ...(user_id === undefined ? {} : { user_id: own(user_id) }),
        ...(session_id === undefined ? {} : { session_id: own(session_id) }),
        ...(properties === undefined
          ? {}
          : {
              properties:
                order_id === undefined ? properties : { ...properties, order_id: own(order_id) },
            }),
      };
    });
  const { experiment, control } = EXPERIMENT;
  const exposures = events.slice(0, 1).map((event) => ({
    ...event,
    event_id: `${event.event_id}-exposure`,
    event_name: 'experiment_exposure',
    properties: { experiment, variant: instance % 2 === 0 ? control : 'test' },
  }));
  return [...events, ...exposures];
}
