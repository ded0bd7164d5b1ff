import type { Rejected } from './dead-letter.js';

/** Deepest nesting of arrays and objects inside one property. */
export const MAX_NESTING = 32;

/** Text without halves of surrogate pairs, which UTF-8 cannot carry. */
export function isWellFormed(text: string): boolean {
  // Part of the language since ES2024 and of Node since 20; the compiler's library is older.
  return (text as unknown as { isWellFormed(): boolean }).isWellFormed();
}

/**
 * The canonical JSON text of a parsed JSON value, so that equal values are equal texts: keys
 * sorted, no white space, numbers as ECMAScript prints them (RFC 8785).
 */
export function toPropertyText(value: unknown, name: string, depth = 0): string | Rejected {
  switch (typeof value) {
    case 'string':
      return isWellFormed(value) ? JSON.stringify(value) : halfSurrogate(name);
    case 'number':
      if (Number.isFinite(value)) return String(value);
      return {
        reason: 'NUMBER_OUT_OF_RANGE',
        message: `${label(name)} holds a number beyond ±1.8e308.`,
      };
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      break;
  }
  if (value === null) return 'null';
  if (typeof value !== 'object') {
    return { reason: 'INVALID_FIELD', message: `${label(name)} is no JSON value.` };
  }
  if (depth >= MAX_NESTING) {
    return {
      reason: 'NESTING_TOO_DEEP',
      message: `${label(name)} is nested more than ${MAX_NESTING} levels deep.`,
    };
  }
  const parts: string[] = [];
  if (Array.isArray(value)) {
    for (const item of value) {
      const text = toPropertyText(item, name, depth + 1);
      if (typeof text !== 'string') return text;
      parts.push(text);
    }
    return `[${parts.join(',')}]`;
  }
  for (const key of Object.keys(value).sort()) {
    if (!isWellFormed(key)) return halfSurrogate(name);
    const text = toPropertyText((value as Record<string, unknown>)[key], name, depth + 1);
    if (typeof text !== 'string') return text;
    parts.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${parts.join(',')}}`;
}

const SIMPLE = /^(?:"[^"\\\p{Cc}]*"|-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?|true|false|null)$/u;

/** The refusal of a property text that is no JSON within the limits; null when it is fine. */
export function checkPropertyText(text: string, name: string): Rejected | null {
  if (SIMPLE.test(text)) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message would quote the value, which must not reach logs.
    return {
      reason: 'INVALID_PROPERTY',
      message: `${label(name)} is no JSON text; text values need quotation marks.`,
    };
  }
  const canonical = toPropertyText(value, name);
  return typeof canonical === 'string' ? null : canonical;
}

/** A property's name as messages show it, however long it is. */
export function label(name: string): string {
  const short = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  return `"${short.replace(/[\ud800-\udfff]|\p{Cc}/gu, '\ufffd')}"`;
}

function halfSurrogate(name: string): Rejected {
  return {
    reason: 'INVALID_STRING',
    message: `${label(name)} holds half of a surrogate pair, which is no text.`,
  };
}
