import { bitCount, type FunnelEvents, type FunnelFold, type FunnelRules } from './funnel-rules.js';
import { createStepMatching } from './step-matching.js';

/** Times of the events with one mask, oldest first; those before `head` have left the window. */
interface MaskQueue {
  readonly mask: number;
  /** An event beyond the oldest this many can complete nothing more. */
  readonly useful: number;
  readonly times: number[];
  head: number;
  /** Class number in the matching of the evaluation under way, or −1. */
  classNumber: number;
}

/**
 * Fold of unordered funnels: the most different steps that events inside one window complete, one
 * event per step. The oldest events of the window that can still have different steps give the
 * times (METRICS-SPEC §7).
 */
export function createUnorderedFold({ stepCount, windowMs, exclusions }: FunnelRules): FunnelFold {
  const stepTimes = new Float64Array(stepCount);
  const taken = new Float64Array(stepCount);
  const matching = createStepMatching(stepCount);
  const queues: MaskQueue[] = [];

  function queueOf(mask: number): MaskQueue {
    for (const queue of queues) if (queue.mask === mask) return queue;
    const made = { mask, useful: bitCount(mask), times: [], head: 0, classNumber: -1 };
    queues.push(made);
    return made;
  }

  /** Takes the useful events of all queues in time order; returns how many found a step. */
  function takeOldest(): number {
    const cursors = queues.map((queue) => queue.head);
    matching.clear();
    for (const queue of queues) queue.classNumber = matching.addClass(queue.mask, 0);
    let count = 0;
    for (;;) {
      let oldest = -1;
      let time = Number.POSITIVE_INFINITY;
      for (let q = 0; q < queues.length; q += 1) {
        const queue = queues[q];
        const cursor = cursors[q];
        if (queue === undefined || cursor === undefined) continue;
        if (cursor >= queue.times.length || cursor >= queue.head + queue.useful) continue;
        const at = queue.times[cursor] ?? 0;
        if (at < time) {
          time = at;
          oldest = q;
        }
      }
      const queue = queues[oldest];
      if (queue === undefined) return count;
      cursors[oldest] = (cursors[oldest] ?? 0) + 1;
      if (matching.placeEvent(queue.classNumber)) {
        taken[count] = time;
        count += 1;
        if (count === stepCount) return count;
      }
    }
  }

  /** Adds the step events of an instant; whether they may raise the count beyond `best`. */
  function addInstant(events: FunnelEvents, first: number, next: number, best: number): boolean {
    const now = events.times[first] ?? 0;
    for (const queue of queues) {
      while (queue.head < queue.times.length && now - (queue.times[queue.head] ?? 0) > windowMs) {
        queue.head += 1;
      }
    }
    let isUseful = false;
    for (let i = first; i < next; i += 1) {
      const mask = events.stepMasks[i] ?? 0;
      if (mask === 0) continue;
      const queue = queueOf(mask);
      queue.times.push(now);
      if (queue.times.length - queue.head <= queue.useful) isUseful = true;
    }
    if (!isUseful) return false;
    let covered = 0;
    let usable = 0;
    for (const queue of queues) {
      const waiting = Math.min(queue.times.length - queue.head, queue.useful);
      if (waiting > 0) covered |= queue.mask;
      usable += waiting;
    }
    return usable > best && bitCount(covered) > best;
  }

  /** Whether an exclusion without a step event in its instant lies inside the chain found. */
  function isExcluded(events: FunnelEvents, start: number, end: number, depth: number): boolean {
    const opening = stepTimes[0] ?? 0;
    const last = stepTimes[depth - 1] ?? 0;
    let i = start;
    while (i < end) {
      const now = events.times[i] ?? 0;
      let hasStep = false;
      let excluded = 0;
      for (; i < end && events.times[i] === now; i += 1) {
        if (events.stepMasks[i] !== 0) hasStep = true;
        excluded |= events.exclusionMasks[i] ?? 0;
      }
      if (hasStep || excluded === 0 || now <= opening) continue;
      // Until all steps are completed the chain is open, so its whole window counts.
      if (depth === stepCount ? now < last : now - opening <= windowMs) return true;
    }
    return false;
  }

  return {
    stepTimes,
    foldActor(events, start, end) {
      queues.length = 0;
      let best = 0;
      let next = start;
      while (next < end && best < stepCount) {
        const first = next;
        const now = events.times[first];
        while (next < end && events.times[next] === now) next += 1;
        if (!addInstant(events, first, next, best)) continue;
        const count = takeOldest();
        if (count > best) {
          best = count;
          for (let k = 0; k < best; k += 1) stepTimes[k] = taken[k] ?? 0;
        }
      }
      if (best > 0 && exclusions.length > 0 && isExcluded(events, start, end, best)) return 0;
      return best;
    },
  };
}
