import type { FunnelFold, FunnelRules } from './funnel-rules.js';

/**
 * Fold of strict funnels: every event ends all chains but those it extends, so exclusions have no
 * effect. Events come in canonical order (METRICS-SPEC §7).
 */
export function createStrictFold({ stepCount, windowMs }: FunnelRules): FunnelFold {
  const width = stepCount + 1;
  const holds = new Uint8Array(width);
  /** Row k holds the k times of the chain that the latest event brought to step k. */
  const times = new Float64Array(width * stepCount);
  const stepTimes = new Float64Array(stepCount);

  return {
    stepTimes,
    foldActor({ times: at, stepMasks }, start, end) {
      holds.fill(0);
      let best = 0;
      for (let i = start; i < end; i += 1) {
        const now = at[i] ?? 0;
        const mask = stepMasks[i] ?? 0;
        let deepest = 0;
        for (let step = stepCount; step >= 1; step -= 1) {
          const from = (step - 1) * stepCount;
          const extendsChain =
            (mask & (1 << (step - 1))) !== 0 &&
            (step === 1 || (holds[step - 1] === 1 && now - (times[from] ?? 0) <= windowMs));
          holds[step] = extendsChain ? 1 : 0;
          if (!extendsChain) continue;
          const row = step * stepCount;
          for (let k = 0; k < step - 1; k += 1) times[row + k] = times[from + k] ?? 0;
          times[row + step - 1] = now;
          if (deepest === 0) deepest = step;
        }
        if (deepest > best) {
          best = deepest;
          for (let k = 0; k < best; k += 1) stepTimes[k] = times[best * stepCount + k] ?? 0;
          if (best === stepCount) break;
        }
      }
      return best;
    },
  };
}
