/**
 * The few distributions that experiments need, to about 1e-12 relative. Written here because the
 * small statistics libraries stop at 1e-7, and the exact ones bring hundreds of packages.
 *
 * Sources: Abramowitz & Stegun 6.1.40 (Stirling), DLMF 8.9.2, 8.7.3 (incomplete gamma), 8.17.22
 * (incomplete beta); continued fractions are evaluated by Lentz's method.
 */

const TINY = 1e-300;
const EPSILON = 1e-15;
const MOST_TERMS = 1_000_000;
/** Stirling's series is exact to double precision from here on. */
const STIRLING_FROM = 15;
/** Bernoulli numbers B₂ₙ ÷ (2n(2n−1)), n = 1 … 7. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360, 1 / 156];

/** ln Γ(x) − ((x − ½) ln x − x + ½ ln 2π) for x > 0. */
function stirlingRemainder(x: number): number {
  if (x >= STIRLING_FROM) {
    return STIRLING.reduce((sum, factor, n) => sum + factor / x ** (2 * n + 1), 0);
  }
  let product = 1;
  let shifted = x;
  for (; shifted < STIRLING_FROM; shifted += 1) product *= shifted;
  const stirling = (at: number): number => (at - 0.5) * Math.log(at) - at;
  return stirling(shifted) + stirlingRemainder(shifted) - Math.log(product) - stirling(x);
}

/** A continued fraction b₀ + a₁/(b₁ + a₂/(b₂ + …)), by Lentz. */
function continuedFraction(
  b0: number,
  term: (n: number) => readonly [a: number, b: number],
): number {
  let value = b0 === 0 ? TINY : b0;
  let c = value;
  let d = 0;
  for (let n = 1; n < MOST_TERMS; n += 1) {
    const [a, b] = term(n);
    d = b + a * d;
    d = 1 / (d === 0 ? TINY : d);
    c = b + a / c;
    if (c === 0) c = TINY;
    const step = c * d;
    value *= step;
    if (Math.abs(step - 1) < EPSILON) break;
  }
  return value;
}

/** Upper regularised incomplete gamma function Q(a, x), a > 0, x ≥ 0. */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  // x^a e^(−x) ÷ Γ(a), with the large parts taken together.
  const front =
    Math.exp(a * Math.log(x / a) + a - x - stirlingRemainder(a)) * Math.sqrt(a / (2 * Math.PI));
  if (x >= a + 1) {
    return front / continuedFraction(x + 1 - a, (n) => [-n * (n - a), x + 2 * n + 1 - a]);
  }
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MOST_TERMS && term > sum * EPSILON; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return 1 - front * sum;
}

/**
 * Probability that χ² with so many degrees of freedom is at least a value.
 *
 * @param degrees 1 or more. @param value 0 or more.
 */
export function chiSquareTail(value: number, degrees: number): number {
  return upperGamma(degrees / 2, value / 2);
}

/** Probability that a standard normal variable is at least as far from 0 as `z`. */
export function twoSidedNormalTail(z: number): number {
  return chiSquareTail(z * z, 1);
}

/** x^a (1 − x)^b ÷ B(a, b), with the large parts taken together. */
function betaFront(x: number, a: number, b: number): number {
  const mean = a / (a + b);
  const exponent = a * Math.log1p((x - mean) / mean) + b * Math.log1p((mean - x) / (1 - mean));
  const remainders = stirlingRemainder(a) + stirlingRemainder(b) - stirlingRemainder(a + b);
  return Math.exp(exponent - remainders) * Math.sqrt((b * mean) / (2 * Math.PI));
}

/** Density of Beta(a, b) at 0 < x < 1. */
export function betaDensity(x: number, a: number, b: number): number {
  return betaFront(x, a, b) / (x * (1 - x));
}

/** Probability that a Beta(a, b) variable is at most x: the regularised incomplete beta function. */
export function betaProbability(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaProbability(1 - x, b, a);
  const fraction = continuedFraction(1, (n) => {
    const m = Math.floor(n / 2);
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    return [n % 2 === 0 ? even : odd, 1];
  });
  return betaFront(x, a, b) / (a * fraction);
}

/** The value that a Beta(a, b) variable stays below with a probability, by bisection. */
export function betaQuantile(probability: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (;;) {
    const middle = (low + high) / 2;
    // The halves of neighbouring doubles are one of them.
    if (middle <= low || middle >= high) return middle;
    if (betaProbability(middle, a, b) < probability) low = middle;
    else high = middle;
  }
}

/** Nodes and weights of Gauss and Legendre on [−1, 1], half of the symmetric rule of 16 points. */
const GAUSS = [
  [0.0950125098376374, 0.1894506104550685],
  [0.2816035507792589, 0.1826034150449236],
  [0.4580167776572274, 0.1691565193950025],
  [0.6178762444026438, 0.1495959888165767],
  [0.755404408355003, 0.1246289712555339],
  [0.8656312023878318, 0.0951585116824928],
  [0.9445750230732326, 0.0622535239386479],
  [0.9894009349916499, 0.0271524594117541],
] as const;
const PANELS = 64;
/** Standard deviations around the mean that are integrated; even exponential tails end before. */
const REACH = 40;

/** Shares of a probability below this are left out; all of them together stay below 1e-16. */
const NOTHING = 1e-20;

/**
 * Probability that one Beta variable is above another, independent one: the integral of the density
 * of the first times the distribution of the second, which is smooth and takes the same time for any
 * parameters.
 *
 * @param one Parameters a, b ≥ 1. @param other The same of the other.
 */
export function probabilityAbove(
  one: readonly [a: number, b: number],
  other: readonly [a: number, b: number],
): number {
  const [a, b] = one;
  const mean = a / (a + b);
  const deviation = Math.sqrt((mean * (1 - mean)) / (a + b + 1));
  const low = Math.max(0, mean - REACH * deviation);
  const width = (Math.min(1, mean + REACH * deviation) - low) / PANELS;
  let sum = 0;
  for (let panel = 0; panel < PANELS; panel += 1) {
    const middle = low + (panel + 0.5) * width;
    for (const [node, weight] of GAUSS) {
      for (const x of [middle - (node * width) / 2, middle + (node * width) / 2]) {
        // What weighs nothing is left out: the distribution is at most 1, and takes most of the time.
        const share = (weight * width * betaDensity(x, a, b)) / 2;
        if (share > NOTHING) sum += share * betaProbability(x, ...other);
      }
    }
  }
  return Math.min(1, sum);
}
