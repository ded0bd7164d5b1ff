import type { Rejected, RejectReason } from './dead-letter.js';
import { isWellFormed, label, toPropertyText } from './property-text.js';

/** Most properties of one event. */
export const MAX_PROPERTIES = 1000;

/**
 * The properties of an event as canonical JSON texts: those of `properties`, and every field for
 * which `isKnown` is false. Null fields are absent, null properties are kept.
 */
export function readProperties(
  fields: Readonly<Record<string, unknown>>,
  isKnown: (field: string) => boolean,
): { readonly values: Record<string, string> } | Rejected {
  const given = fields.properties ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    return reject('INVALID_FIELD', `Expected "properties" to be an object, got ${kindOf(given)}.`);
  }
  const values: Record<string, string> = {};
  let count = 0;
  for (const name of Object.keys(given)) {
    const value = (given as Readonly<Record<string, unknown>>)[name];
    if (!isWellFormed(name)) {
      return reject('INVALID_STRING', 'The name of a property holds half of a surrogate pair.');
    }
    const text = toPropertyText(value, name);
    if (typeof text !== 'string') return text;
    put(values, name, text);
    count++;
  }
  for (const name of Object.keys(fields)) {
    if (isKnown(name)) continue;
    const value = fields[name];
    if (value === null) continue;
    if (!isWellFormed(name)) {
      return reject('INVALID_STRING', 'The name of a field holds half of a surrogate pair.');
    }
    const text = toPropertyText(value, name);
    if (typeof text !== 'string') return text;
    if (Object.hasOwn(values, name)) {
      if (values[name] === text) continue;
      return reject(
        'FIELD_CONFLICT',
        `The field ${label(name)} is not in the contract and the property of that name has another value.`,
      );
    }
    put(values, name, text);
    count++;
  }
  return count > MAX_PROPERTIES ? tooManyProperties(count) : { values };
}

/** Assigning to `__proto__` would change the object instead of adding a property. */
function put(values: Record<string, string>, name: string, text: string): void {
  if (name !== '__proto__') values[name] = text;
  else Object.defineProperty(values, name, { value: text, enumerable: true, configurable: true });
}

/** The refusal of an event with more than {@link MAX_PROPERTIES}. */
export function tooManyProperties(count: number): Rejected {
  return reject(
    'TOO_MANY_PROPERTIES',
    `Expected at most ${MAX_PROPERTIES} properties, got ${count}.`,
  );
}

/** What a JSON value is, as messages say it. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function reject(reason: RejectReason, message: string): Rejected {
  return { reason, message };
}
