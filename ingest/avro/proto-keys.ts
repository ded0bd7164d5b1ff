import type { TrackedEvent } from '../../src/event/tracked-event.js';

/**
 * Reads a value whose maps have keys that a plain object would take for its prototype. In a copy of
 * the bytes these keys get another name of the same length, and in the event their own name back.
 *
 * @param protoKeys Where the keys stand, as found by the structure check.
 */
export function readWithProtoKeys(
  read: (bytes: Buffer, start: number) => TrackedEvent,
  value: Buffer,
  start: number,
  protoKeys: readonly number[],
): TrackedEvent {
  const copy = Buffer.from(value);
  let placeholder = '';
  for (let n = 0; placeholder === '' || copy.includes(placeholder); n++) {
    placeholder = `\u0000p${String(n).padStart(7, '0')}`;
  }
  for (const position of protoKeys) copy.write(placeholder, position, 'latin1');
  const event = read(copy, start);
  const text = event.properties[placeholder];
  if (text === undefined) return event;
  const properties: Record<string, string> = {};
  for (const [name, json] of Object.entries(event.properties)) {
    const key = name === placeholder ? '__proto__' : name;
    Object.defineProperty(properties, key, {
      value: json,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return { ...event, properties };
}
