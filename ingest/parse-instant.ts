const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** 2100-01-01T00:00Z, in ms since 1970: a moment of receipt beyond it is a mistake. */
export const LATEST_RECEIPT = 4_102_444_800_000;

/**
 * Milliseconds since 1970-01-01T00:00Z of an ISO 8601 instant with `Z` or an offset
 * (`2024-03-24T03:00:00.125+02:00`); null when the text is anything else. Up to nine decimals are
 * read, what is finer than a millisecond is cut off. Dates that do not exist are refused, as are
 * leap seconds and 24:00.
 */
export function parseInstant(text: string): number | null {
  const match = INSTANT.exec(text);
  if (match === null) return null;
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  const hour = Number(match[4]);
  const minute = Number(match[5]);
  const second = Number(match[6]);
  const days = DAYS[month - 1];
  if (days === undefined || day < 1 || day > days) return null;
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month === 2 && day === 29 && !isLeapYear) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  const before1000 = year < 100 ? new Date(0).setUTCFullYear(year, month - 1, day) : null;
  const midnight = before1000 ?? Date.UTC(year, month - 1, day);
  const decimals = match[7];
  const fraction = decimals === undefined ? 0 : Number(decimals.padEnd(3, '0').slice(0, 3));
  const local = midnight + ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
  if (match[8] === undefined) return local;
  const offsetHours = Number(match[9]);
  const offsetMinutes = Number(match[10]);
  if (offsetHours > 23 || offsetMinutes > 59) return null;
  const offset = (offsetHours * 60 + offsetMinutes) * 60_000;
  return match[8] === '+' ? local - offset : local + offset;
}
