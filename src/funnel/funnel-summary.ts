import type { FunnelResult } from './funnel-query.js';

/** Collects the chains of actors into the values of a funnel. */
export interface FunnelSummary {
  /** Adds one actor; `times` are the instants (ms) of the steps 1…depth. Depth 0 adds nothing. */
  add(depth: number, times: Float64Array): void;
  result(): FunnelResult;
}

/** A growing list of durations in ms, 8 bytes each. */
class Durations {
  private values = new Float64Array(16);
  private count = 0;
  private sum = 0;

  add(duration: number): void {
    if (this.count === this.values.length) {
      const grown = new Float64Array(this.count * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.count] = duration;
    this.count += 1;
    this.sum += duration;
  }

  averageSeconds(): number | null {
    return this.count === 0 ? null : this.sum / (this.count * 1000);
  }

  /** Type 7: the mean of the two middle values when their number is even. */
  medianSeconds(): number | null {
    if (this.count === 0) return null;
    const sorted = this.values.subarray(0, this.count).sort();
    const lower = sorted[(this.count - 1) >> 1] ?? 0;
    const upper = sorted[this.count >> 1] ?? 0;
    return (lower + upper) / 2000;
  }
}

/** @param stepCount number of steps of the funnel. */
export function createFunnelSummary(stepCount: number): FunnelSummary {
  /** Actors whose depth is exactly k. */
  const reached = new Float64Array(stepCount + 1);
  const steps = Array.from({ length: stepCount }, () => new Durations());
  const total = new Durations();

  return {
    add(depth, times) {
      if (depth === 0) return;
      reached[depth] = (reached[depth] ?? 0) + 1;
      for (let k = 1; k < depth; k += 1) steps[k]?.add((times[k] ?? 0) - (times[k - 1] ?? 0));
      if (depth === stepCount) total.add((times[depth - 1] ?? 0) - (times[0] ?? 0));
    },
    result() {
      const counts = new Array<number>(stepCount).fill(0);
      let sum = 0;
      for (let depth = stepCount; depth >= 1; depth -= 1) {
        sum += reached[depth] ?? 0;
        counts[depth - 1] = sum;
      }
      const first = counts[0] ?? 0;
      return {
        counts,
        ratePercents: counts.map((count) => percent(count, first)),
        stepRatePercents: counts.map((count, k) => percent(count, counts[Math.max(k - 1, 0)] ?? 0)),
        averageSeconds: steps.map((step) => step.averageSeconds()),
        medianSeconds: steps.map((step) => step.medianSeconds()),
        totalAverageSeconds: total.averageSeconds(),
        totalMedianSeconds: total.medianSeconds(),
      };
    },
  };
}

function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : (100 * part) / whole;
}
