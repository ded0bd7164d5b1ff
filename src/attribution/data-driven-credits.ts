import { AppError } from '../errors.js';
import type { CountedPath } from './attribution-query.js';
import { addTo, type RunningSum, totals } from './running-sum.js';

/** Most names among which a data-driven model shares: a matrix of their square is inverted. */
export const MAX_DATA_DRIVEN_NAMES = 500;

/** Credit by name, and what a Markov chain says besides. */
export interface DataDrivenCredits {
  readonly credits: ReadonlyMap<string, number>;
  /** Probability that a path converts; null without paths. */
  readonly conversionProbability: number | null;
  /** Share of the conversions lost without the name; empty when nobody converts. */
  readonly removalEffects: ReadonlyMap<string, number>;
}

/**
 * Credits of a first-order Markov chain, start → names → conversion or null (METRICS-SPEC §9; Anderl
 * et al. 2016, "Mapping the customer journey").
 *
 * With N = (I − Q)⁻¹, Q the transitions among names: p = N · r is the probability to convert from each
 * name, P = start · p that of a path. Who meets c comes to it with probability start·N[·,c] ÷ N[c,c]
 * and converts from there with p[c]; without c these are lost, so RE(c) = that product ÷ P. One
 * inversion serves all names.
 *
 * @throws AppError `LIMIT_EXCEEDED` beyond {@link MAX_DATA_DRIVEN_NAMES} names.
 */
export function markovCredits(paths: readonly CountedPath[]): DataDrivenCredits {
  const names = [...new Set(paths.flatMap(({ touches }) => touches.map(({ name }) => name)))];
  checkNames(names.length);
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const size = names.length;
  const start = new Float64Array(size);
  const converts = new Float64Array(size);
  const leaves = new Float64Array(size);
  const moves = names.map(() => new Float64Array(size));
  let pathCount = 0;
  let conversions = 0;
  for (const { touches, conversions: won, nulls } of paths) {
    const weight = won + nulls;
    const states = touches.map(({ name }) => indexOf.get(name) ?? 0);
    const [first] = states;
    if (weight === 0 || first === undefined) continue;
    pathCount += weight;
    conversions += won;
    add(start, first, weight);
    for (let at = 1; at < states.length; at += 1) {
      const from = states[at - 1] ?? 0;
      // Staying where one is changes neither where one goes next nor any removal effect.
      if (states[at] === from) continue;
      add(moves[from], states[at] ?? 0, weight);
      add(leaves, from, weight);
    }
    const end = states.at(-1) ?? 0;
    add(converts, end, won);
    add(leaves, end, weight);
  }
  if (pathCount === 0) {
    return { credits: new Map(), conversionProbability: null, removalEffects: new Map() };
  }
  const inverse = inverted(
    moves.map((row, from) =>
      row.map((count, to) => (from === to ? 1 : 0) - ratio(count, leaves[from] ?? 0)),
    ),
  );
  const fromState = inverse.map((row) =>
    row.reduce((sum, visits, to) => sum + visits * ratio(converts[to] ?? 0, leaves[to] ?? 0), 0),
  );
  const reach = names.map((_, to) =>
    start.reduce(
      (sum, count, from) =>
        sum + ((count / pathCount) * at(inverse, from, to)) / at(inverse, to, to),
      0,
    ),
  );
  const probability = start.reduce(
    (sum, count, from) => sum + (count / pathCount) * (fromState[from] ?? 0),
    0,
  );
  if (probability === 0) {
    return {
      credits: new Map(names.map((name) => [name, 0])),
      conversionProbability: 0,
      removalEffects: new Map(),
    };
  }
  const effects = names.map(
    (_, index) => ((reach[index] ?? 0) * (fromState[index] ?? 0)) / probability,
  );
  const total = effects.reduce((sum, effect) => sum + effect, 0);
  return {
    credits: new Map(
      names.map((name, index) => [name, (conversions * (effects[index] ?? 0)) / total]),
    ),
    conversionProbability: probability,
    removalEffects: new Map(names.map((name, index) => [name, effects[index] ?? 0])),
  };
}

/**
 * Shapley values of v(S) = conversions of paths whose names all lie in S (METRICS-SPEC §9). v is a sum
 * of games that only need all names of one path, and each of these shares its conversions equally
 * among them (Shapley 1953), so the value is exact for any number of names.
 */
export function shapleyCredits(paths: readonly CountedPath[]): DataDrivenCredits {
  const sums = new Map<string, RunningSum>();
  for (const { touches, conversions } of paths) {
    const names = new Set(touches.map(({ name }) => name));
    for (const name of names) addTo(sums, name, conversions / names.size);
  }
  return { credits: totals(sums), conversionProbability: null, removalEffects: new Map() };
}

function checkNames(count: number): void {
  if (count <= MAX_DATA_DRIVEN_NAMES) return;
  throw new AppError(
    'LIMIT_EXCEEDED',
    `by: the model markov shares among at most ${MAX_DATA_DRIVEN_NAMES} values, the paths have ${count}; ask by channel or medium, or for a shorter range`,
    {
      details: {
        field: 'by',
        limit: 'attributionValues',
        maximum: MAX_DATA_DRIVEN_NAMES,
        value: count,
      },
    },
  );
}

function add(row: Float64Array | undefined, index: number, weight: number): void {
  if (row !== undefined) row[index] = (row[index] ?? 0) + weight;
}

function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}

function at(matrix: readonly Float64Array[], row: number, column: number): number {
  return matrix[row]?.[column] ?? 0;
}

/** Inverse by Gauss and Jordan with row pivots; I − Q of an absorbing chain has one. */
function inverted(matrix: readonly Float64Array[]): Float64Array[] {
  const size = matrix.length;
  const left = matrix.map((row) => Float64Array.from(row));
  const right = matrix.map((_, index) =>
    Float64Array.from({ length: size }, (__, to) => (to === index ? 1 : 0)),
  );
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1) {
      if (Math.abs(at(left, row, column)) > Math.abs(at(left, pivot, column))) pivot = row;
    }
    swap(left, pivot, column);
    swap(right, pivot, column);
    const factor = at(left, column, column);
    for (const rows of [left, right]) {
      const row = rows[column];
      if (row !== undefined) for (let to = 0; to < size; to += 1) row[to] = (row[to] ?? 0) / factor;
    }
    for (let row = 0; row < size; row += 1) {
      const share = at(left, row, column);
      if (row === column || share === 0) continue;
      for (const rows of [left, right]) subtract(rows[row], rows[column], share);
    }
  }
  return right;
}

function swap(rows: Float64Array[], one: number, other: number): void {
  const [first, second] = [rows[one], rows[other]];
  if (first === undefined || second === undefined) return;
  rows[one] = second;
  rows[other] = first;
}

function subtract(
  row: Float64Array | undefined,
  other: Float64Array | undefined,
  share: number,
): void {
  if (row === undefined || other === undefined) return;
  for (let to = 0; to < row.length; to += 1) row[to] = (row[to] ?? 0) - share * (other[to] ?? 0);
}
