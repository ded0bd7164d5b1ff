import { bitCount, type FunnelFold, type FunnelRules } from './funnel-rules.js';
import { createStepMatching } from './step-matching.js';

/**
 * Fold of ordered funnels: events of one instant in any order, the latest opening on each step, the
 * chain that first reached the greatest depth is the one reported (METRICS-SPEC §7).
 */
export function createOrderedFold({ stepCount, windowMs, exclusions }: FunnelRules): FunnelFold {
  // State per step 1…n: the most recent chain that reached it. Row 0 is a chain opening now.
  const width = stepCount + 1;
  const openings = new Float64Array(width);
  const holds = new Uint8Array(width);
  const isSpoiled = new Uint8Array(width);
  /** Row k holds the k times of the chain at step k. */
  const times = new Float64Array(width * stepCount);
  const stepTimes = new Float64Array(stepCount);
  const matching = createStepMatching(stepCount);
  const masks: number[] = [];
  const counts: number[] = [];
  let bestDepth = 0;
  let bestOpening = 0;
  let isBestSpoiled = false;

  function canClimb(from: number, now: number): boolean {
    if (from === 0) return true;
    if (holds[from] !== 1 || isSpoiled[from] === 1) return false;
    const opening = openings[from] ?? 0;
    if (now - opening > windowMs) return false;
    // A chain stays where it is while the next step holds one with the same opening.
    return !(holds[from + 1] === 1 && openings[from + 1] === opening);
  }

  /** Writes the chain at `from`, longer by 1…count steps taken now, to those steps. */
  function climb(from: number, count: number, now: number): void {
    const opening = from === 0 ? now : (openings[from] ?? 0);
    for (let to = from + 1; to <= from + count; to += 1) {
      const row = to * stepCount;
      for (let i = 0; i < from; i += 1) times[row + i] = times[from * stepCount + i] ?? 0;
      for (let i = from; i < to; i += 1) times[row + i] = now;
      openings[to] = opening;
      holds[to] = 1;
      isSpoiled[to] = 0;
    }
  }

  /** A deeper chain is the best; one of the same depth only restores a spoiled one. */
  function consider(depth: number, row: number): void {
    if (depth < bestDepth || (depth === bestDepth && !isBestSpoiled)) return;
    bestDepth = depth;
    bestOpening = openings[depth] ?? 0;
    isBestSpoiled = false;
    for (let i = 0; i < depth; i += 1) stepTimes[i] = times[row + i] ?? 0;
  }

  function takeOne(mask: number, now: number): void {
    let deepest = 0;
    for (let step = stepCount; step >= 1; step -= 1) {
      if ((mask & (1 << (step - 1))) === 0 || !canClimb(step - 1, now)) continue;
      climb(step - 1, 1, now);
      if (deepest === 0) deepest = step;
    }
    if (deepest > 0) consider(deepest, deepest * stepCount);
  }

  /** How many of the steps `from + 1`, `from + 2`, … the instant fills with different events. */
  function reach(from: number): number {
    let run = 0;
    if (masks.length === 1) {
      const mask = masks[0] ?? 0;
      const most = Math.min(counts[0] ?? 0, stepCount - from);
      while (run < most && (mask & (1 << (from + run))) !== 0) run += 1;
      return run;
    }
    matching.unassign();
    while (from + run < stepCount && matching.placeStep(from + run)) run += 1;
    return run;
  }

  function takeSeveral(now: number): void {
    if (masks.length > 1) {
      matching.clear();
      for (let c = 0; c < masks.length; c += 1) {
        matching.addClass(masks[c] ?? 0, Math.min(counts[c] ?? 0, bitCount(masks[c] ?? 0)));
      }
    }
    // Going down reads only steps that are not yet written and leaves the latest opening on each
    // step. The candidate must be considered before a later opening overwrites it.
    let deepest = 0;
    for (let from = stepCount - 1; from >= 0; from -= 1) {
      if (!canClimb(from, now)) continue;
      const count = reach(from);
      if (count === 0) continue;
      climb(from, count, now);
      if (from + count > deepest) {
        deepest = from + count;
        consider(deepest, deepest * stepCount);
      }
    }
  }

  function exclude(mask: number, now: number): void {
    for (let e = 0; e < exclusions.length; e += 1) {
      const exclusion = exclusions[e];
      if (exclusion === undefined || (mask & (1 << e)) === 0) continue;
      for (let step = exclusion.fromStep; step < exclusion.toStep; step += 1) {
        if (holds[step] === 1 && now - (openings[step] ?? 0) <= windowMs) isSpoiled[step] = 1;
      }
      if (
        bestDepth >= exclusion.fromStep &&
        bestDepth < exclusion.toStep &&
        now - bestOpening <= windowMs
      ) {
        isBestSpoiled = true;
      }
    }
  }

  return {
    stepTimes,
    foldActor({ times: at, stepMasks, exclusionMasks }, start, end) {
      holds.fill(0);
      bestDepth = 0;
      isBestSpoiled = false;
      let next = start;
      while (next < end) {
        const now = at[next] ?? 0;
        let stepEvents = 0;
        let firstMask = 0;
        let excluded = 0;
        const first = next;
        for (; next < end && at[next] === now; next += 1) {
          const mask = stepMasks[next] ?? 0;
          excluded |= exclusionMasks[next] ?? 0;
          if (mask === 0) continue;
          if (stepEvents === 0) firstMask = mask;
          stepEvents += 1;
        }
        if (stepEvents === 1) takeOne(firstMask, now);
        else if (stepEvents > 1) {
          masks.length = 0;
          counts.length = 0;
          for (let i = first; i < next; i += 1) {
            const mask = stepMasks[i] ?? 0;
            if (mask === 0) continue;
            const known = masks.indexOf(mask);
            if (known === -1) {
              masks.push(mask);
              counts.push(1);
            } else counts[known] = (counts[known] ?? 0) + 1;
          }
          takeSeveral(now);
        }
        // An exclusion that shares its instant with a step event of the actor is ignored.
        else if (excluded !== 0) exclude(excluded, now);
        if (bestDepth === stepCount && !isBestSpoiled) break;
      }
      return isBestSpoiled ? 0 : bestDepth;
    },
  };
}
