const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;
/** What needs no rounding and no exponent: by far the most amounts. */
const PLAIN = /^(?:0|[1-9]\d{0,13})(?:\.\d{0,3}[1-9])?$/;
const PLACES = 4;
/** Decimal(18, 4) has 14 digits before the point. */
const LIMIT = 10n ** 18n;
/** Longer digit strings are refused unread, so that hostile input costs nothing. */
const MAX_TEXT = 400;

/**
 * Exact decimal text of an amount, as Decimal(18, 4) stores it: no floating point is involved.
 * More than four places are rounded, halves away from zero.
 *
 * @param text A decimal number as JSON or a person writes it: `100`, `-20.5`, `1e3`, `.5`.
 * @returns Canonical text without trailing zeros (`130`, `-20.5`), or null when the text is no
 *   number or has more than 14 digits before the point.
 */
export function decimalText(text: string): string | null {
  if (PLAIN.test(text)) return text;
  const trimmed = text.trim();
  const match = trimmed.length > MAX_TEXT ? null : NUMBER.exec(trimmed);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return null;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (digits === '') return '0';
  // digits × 10^-scale is the amount; keep = how many of the digits lie before the fifth place.
  const scale = fraction.length - Number(exponent);
  const keep = digits.length - scale + PLACES;
  if (keep > 18) return null;
  const kept = keep <= 0 ? '' : digits.slice(0, keep).padEnd(keep, '0');
  const isRoundedUp = keep >= 0 && digits.charCodeAt(keep) >= 0x35;
  const units = BigInt(kept === '' ? '0' : kept) + (isRoundedUp ? 1n : 0n);
  if (units >= LIMIT) return null;
  if (units === 0n) return '0';
  const padded = units.toString().padStart(PLACES + 1, '0');
  const places = padded.slice(-PLACES).replace(/0+$/, '');
  return `${sign === '-' ? '-' : ''}${padded.slice(0, -PLACES)}${places === '' ? '' : `.${places}`}`;
}
