/** Keys whose objects may hold no key beyond the expected ones (conformance format §5). */
const EXACT_MAPS: ReadonlySet<string> = new Set([
  'by',
  'by_page',
  'entries',
  'exits',
  'edges',
  'sequences',
  'credit',
  'by_currency',
  'cells',
  'crawl_hits',
  'drop_off',
  'by_version',
  'variants',
]);

/**
 * The first difference between an expected value and an answer, or null when they agree.
 *
 * @param tolerance Numbers agree within `max(t, t·|expected|)`.
 */
export function firstDifference(
  expected: unknown,
  got: unknown,
  tolerance: number,
  path = '',
  isExactMap = false,
): string | null {
  const differs = (): string =>
    `${path || '(answer)'} expected ${JSON.stringify(expected)} got ${JSON.stringify(got)}`;
  if (typeof expected === 'number') {
    const number = typeof got === 'string' && got.trim() !== '' ? Number(got) : got;
    if (typeof number !== 'number' || Number.isNaN(number)) return differs();
    const allowed = Math.max(tolerance, tolerance * Math.abs(expected));
    return Math.abs(expected - number) <= allowed ? null : differs();
  }
  if (expected === null || typeof expected !== 'object') return expected === got ? null : differs();
  if (Array.isArray(expected)) {
    if (!Array.isArray(got) || got.length !== expected.length) return differs();
    for (const [index, value] of expected.entries()) {
      const difference = firstDifference(value, got[index], tolerance, `${path}[${index}]`);
      if (difference !== null) return difference;
    }
    return null;
  }
  if (got === null || typeof got !== 'object' || Array.isArray(got)) return differs();
  const answer = got as Record<string, unknown>;
  const wanted = expected as Record<string, unknown>;
  const keys = new Set([...Object.keys(wanted), ...(isExactMap ? Object.keys(answer) : [])]);
  for (const key of keys) {
    const inner = path === '' ? key : `${path}.${key}`;
    // In an exact map a missing key and the number 0 are the same, on either side.
    const isAbsent = (side: Record<string, unknown>): boolean => !(key in side) || side[key] === 0;
    if (isExactMap && isAbsent(wanted) && isAbsent(answer)) continue;
    if (!(key in wanted)) return `${inner} expected nothing got ${JSON.stringify(answer[key])}`;
    const difference =
      isExactMap && !(key in answer)
        ? `${inner} expected ${JSON.stringify(wanted[key])} got nothing`
        : firstDifference(wanted[key], answer[key], tolerance, inner, EXACT_MAPS.has(key));
    if (difference !== null) return difference;
  }
  return null;
}
