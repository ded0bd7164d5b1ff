import { holds } from './oracle-rules.js';

/** What properties and URLs stand for, METRICS-SPEC §1. */

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Normal form C. */
export function composed(text: string): string {
  return holds('values are in normal form C') ? text.normalize('NFC') : text;
}

/** The text of a property that is text, a number or a boolean; of everything else the empty text. */
export function textOf(value: unknown): string {
  return ['string', 'number', 'boolean'].includes(typeof value) ? composed(String(value)) : '';
}

/** The number a property is or reads as; null when it is none. */
export function numberOf(value: unknown): number | null {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : null;
}

/** Path of a URL as the dimension `page` shows it. */
export function pageOf(url: string): string {
  if (url === '') return '';
  const { pathname, search } = new URL(url);
  // A URL reads `https://host` as `https://host/`.
  const isEmpty = /^https?:\/\/[^/?#]*([?#]|$)/.test(url);
  if (isEmpty && !holds('an empty path is a slash')) return '';
  const raw = holds('a page has no query') ? pathname : `${pathname}${search}`;
  const page = composed(holds('a page is decoded') ? decoded(raw) : raw);
  const trimmed = holds('a page ends without white space') ? page.trimEnd() : page;
  return holds('values are case-sensitive') ? trimmed : trimmed.toLowerCase();
}

/** Percent-decoded; escapes that are no UTF-8 stay. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
