/**
 * A sum of doubles that keeps what each addition rounds off, so that thousands of shares add up to
 * what they are shares of (Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation
 * endlicher Summen").
 */
export interface RunningSum {
  add(value: number): void;
  /** The sum so far, rounded once. */
  total(): number;
}

/** A sum of nothing. */
export function runningSum(): RunningSum {
  let sum = 0;
  let rest = 0;
  return {
    add(value) {
      const next = sum + value;
      rest += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
      sum = next;
    },
    total: () => sum + rest,
  };
}

/** Adds to the sum of a name, which begins with it. */
export function addTo(sums: Map<string, RunningSum>, name: string, value: number): void {
  const sum = sums.get(name) ?? runningSum();
  sums.set(name, sum);
  sum.add(value);
}

/** The sums so far, by name. */
export function totals(sums: ReadonlyMap<string, RunningSum>): ReadonlyMap<string, number> {
  return new Map([...sums].map(([name, sum]) => [name, sum.total()]));
}
