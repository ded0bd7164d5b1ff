const NON_ASCII = /[\u0080-\uffff]/;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/**
 * Text in Unicode normal form C, as every value that a breakdown can show. A surrogate without its
 * partner, which UTF-8 cannot carry, becomes U+FFFD.
 */
export function nfc(text: string): string {
  return NON_ASCII.test(text) ? text.normalize('NFC').replace(LONE_SURROGATE, '\ufffd') : text;
}

/**
 * The text a property stands for as a dimension.
 *
 * @param json Canonical JSON text of the value, as `TrackedEvent.properties` holds it.
 * @returns The string itself; numbers and booleans as their JSON text; the empty string for
 *   null, arrays, objects, text that is no JSON, and an absent property.
 */
export function scalarText(json: string | undefined): string {
  if (json === undefined || json === '') return '';
  const first = json.charCodeAt(0);
  if (first === 0x22) {
    if (!json.includes('\\') && json.length >= 2) return nfc(json.slice(1, -1));
    try {
      const value: unknown = JSON.parse(json);
      return typeof value === 'string' ? nfc(value) : '';
    } catch {
      // Not JSON: other producers may write anything, and it has no value as a dimension.
      return '';
    }
  }
  const isNumber = first === 0x2d || (first >= 0x30 && first <= 0x39);
  return isNumber || json === 'true' || json === 'false' ? json : '';
}
