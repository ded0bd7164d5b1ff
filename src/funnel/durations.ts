/** A growing list of durations in ms, 8 bytes each. */
export interface Durations {
  add(duration: number): void;
  /** Null when empty. */
  averageSeconds(): number | null;
  /** Type 7: the mean of the two middle values when their number is even. Null when empty. */
  medianSeconds(): number | null;
  /** How many lie below the first bound, between neighbours (the lower one included), and above. */
  histogram(boundsMs: readonly number[]): readonly number[];
}

export function createDurations(): Durations {
  let values = new Float64Array(16);
  let count = 0;
  let sum = 0;
  let isSorted = true;

  function sorted(): Float64Array {
    const held = values.subarray(0, count);
    if (!isSorted) held.sort();
    isSorted = true;
    return held;
  }

  /** How many are below a bound. */
  function below(held: Float64Array, bound: number): number {
    let low = 0;
    let high = held.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((held[middle] ?? 0) < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    add(duration) {
      if (count === values.length) {
        const grown = new Float64Array(count * 2);
        grown.set(values);
        values = grown;
      }
      values[count] = duration;
      count += 1;
      sum += duration;
      isSorted = false;
    },
    averageSeconds: () => (count === 0 ? null : sum / (count * 1000)),
    medianSeconds() {
      if (count === 0) return null;
      const held = sorted();
      return ((held[(count - 1) >> 1] ?? 0) + (held[count >> 1] ?? 0)) / 2000;
    },
    histogram(boundsMs) {
      const held = sorted();
      const ends = [...boundsMs.map((bound) => below(held, bound)), count];
      return ends.map((end, bin) => end - (ends[bin - 1] ?? 0));
    },
  };
}
