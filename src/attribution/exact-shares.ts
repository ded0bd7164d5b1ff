/** Decimal places of credited money: four as stored, and six for shares of them. */
export const CREDITED_PLACES = 10;

/** Decimal places of an amount as the warehouse stores it. */
const STORED_PLACES = 4;
const UNITS_PER_STORED = 10n ** BigInt(CREDITED_PLACES - STORED_PLACES);

/** Parts of one, as the engine counts weights by age: every conversion has exactly so many. */
export const WEIGHT_PARTS = 1_000_000_000_000;

/** Stored units (ten-thousandths) of a decimal text of at most four places, such as `-20.5`. */
export function storedUnits(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(`${whole}${fraction.padEnd(STORED_PLACES, '0')}`);
  return text.startsWith('-') ? -units : units;
}

/** Exact decimal text of credited units, without trailing zeros. */
export function creditedText(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(CREDITED_PLACES + 1, '0');
  const places = digits.slice(-CREDITED_PLACES).replace(/0+$/, '');
  const sign = units < 0n ? '-' : '';
  return `${sign}${digits.slice(0, -CREDITED_PLACES)}${places === '' ? '' : `.${places}`}`;
}

/** Exact decimal text of stored units, without trailing zeros. */
export function storedText(units: bigint): string {
  return creditedText(units * UNITS_PER_STORED);
}

/**
 * Shares money by weights so that the parts sum to it exactly: each part is cut behind the tenth
 * decimal place, and what that leaves goes in single units of that place to the first parts with a weight.
 *
 * @param stored Amount in ten-thousandths.
 * @param weights Not negative; all parts are 0 when they are.
 * @returns Parts in units of the tenth decimal place.
 */
export function shareAmount(stored: bigint, weights: readonly bigint[]): readonly bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) return weights.map(() => 0n);
  const units = stored * UNITS_PER_STORED;
  return settled(
    units,
    weights.map((weight) => (units * weight) / total),
    weights,
  );
}

/**
 * Parts that the engine has multiplied already, cut and settled as {@link shareAmount} does.
 *
 * @param products Ten-thousandths times {@link WEIGHT_PARTS}; they sum to the whole amount.
 */
export function settleProducts(products: readonly bigint[]): readonly bigint[] {
  const scale = BigInt(WEIGHT_PARTS) / UNITS_PER_STORED;
  const whole = products.reduce((sum, product) => sum + product, 0n) / scale;
  return settled(
    whole,
    products.map((product) => product / scale),
    products,
  );
}

/** Division cuts towards zero, so fewer units are left than there are parts. */
function settled(
  whole: bigint,
  parts: readonly bigint[],
  weights: readonly bigint[],
): readonly bigint[] {
  let left = whole - parts.reduce((sum, part) => sum + part, 0n);
  const unit = left < 0n ? -1n : 1n;
  return parts.map((part, at) => {
    if (left === 0n || weights[at] === 0n) return part;
    left -= unit;
    return part + unit;
  });
}
