/** A JSON value in bytes: where it begins and ends, and how deep it is nested. */
export interface JsonRange {
  readonly start: number;
  /** Position after the last byte. */
  readonly end: number;
  /** Levels of arrays and objects; 0 for text, numbers and literals. */
  readonly depth: number;
}

/** Where and why bytes are no JSON. */
export class JsonSyntaxError extends Error {
  /** Byte position of the first byte that cannot be. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'JsonSyntaxError';
    this.at = at;
  }
}

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

/**
 * The events of a body: the elements of an array, those of the `batch` of an object, or else the
 * body itself. Checks the whole grammar of RFC 8259 without building values and without recursion,
 * so that neither size nor depth of a body costs more than its bytes. Expects valid UTF-8.
 *
 * @throws JsonSyntaxError at the first byte that breaks the grammar.
 */
export function eventRanges(bytes: Buffer): readonly JsonRange[] {
  const start = skipSpace(bytes, 0);
  const first = bytes[start];
  let ranges: JsonRange[] | null = null;
  let end: number;
  if (first === OPEN_ARRAY) {
    ranges = [];
    end = scanList(bytes, start, ranges);
  } else if (first === OPEN_OBJECT) {
    let depth = 1;
    end = scanMembers(bytes, start, (key, at) => {
      if (key === 'batch' && bytes[at] === OPEN_ARRAY) {
        // As in the parser, the last of two equal keys counts.
        ranges = [];
        return scanList(bytes, at, ranges);
      }
      if (key === 'batch') ranges = null;
      const value = scanJsonValue(bytes, at);
      depth = Math.max(depth, value.depth + 1);
      return value.end;
    });
    ranges ??= [{ start, end, depth }];
  } else {
    const value = scanJsonValue(bytes, start);
    end = value.end;
    ranges = [value];
  }
  const rest = skipSpace(bytes, end);
  if (rest < bytes.length) throw new JsonSyntaxError('expected the end of the body', rest);
  return ranges;
}

function scanList(bytes: Buffer, open: number, into: JsonRange[]): number {
  let pos = skipSpace(bytes, open + 1);
  if (bytes[pos] === CLOSE_ARRAY) return pos + 1;
  for (;;) {
    const value = scanJsonValue(bytes, pos);
    into.push(value);
    pos = skipSpace(bytes, value.end);
    if (bytes[pos] === CLOSE_ARRAY) return pos + 1;
    if (bytes[pos] !== COMMA) throw unexpected(bytes, pos, 'a comma or ]');
    pos = skipSpace(bytes, pos + 1);
  }
}

function scanMembers(
  bytes: Buffer,
  open: number,
  member: (key: string, valueStart: number) => number,
): number {
  let pos = skipSpace(bytes, open + 1);
  if (bytes[pos] === CLOSE_OBJECT) return pos + 1;
  for (;;) {
    const start = pos;
    pos = scanString(bytes, pos, 'a key in quotation marks');
    const key = JSON.parse(bytes.toString('utf8', start, pos)) as string;
    pos = skipSpace(bytes, pos);
    if (bytes[pos] !== COLON) throw unexpected(bytes, pos, 'a colon');
    pos = skipSpace(bytes, member(key, skipSpace(bytes, pos + 1)));
    if (bytes[pos] === CLOSE_OBJECT) return pos + 1;
    if (bytes[pos] !== COMMA) throw unexpected(bytes, pos, 'a comma or }');
    pos = skipSpace(bytes, pos + 1);
  }
}

/**
 * The extent of the value that starts at `start`.
 *
 * @throws JsonSyntaxError at the first byte that breaks the grammar.
 */
export function scanJsonValue(bytes: Buffer, start: number): JsonRange {
  // One bit for each open bracket: set for an object.
  let isObject = new Uint8Array(64);
  let depth = 0;
  let deepest = 0;
  let pos = start;
  for (;;) {
    const byte = bytes[pos];
    let isValueDone = true;
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (depth === isObject.length) {
        const grown = new Uint8Array(isObject.length * 2);
        grown.set(isObject);
        isObject = grown;
      }
      isObject[depth++] = byte === OPEN_OBJECT ? 1 : 0;
      if (depth > deepest) deepest = depth;
      pos = skipSpace(bytes, pos + 1);
      if (bytes[pos] === (byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        depth--;
        pos++;
      } else {
        if (byte === OPEN_OBJECT) pos = scanKey(bytes, pos);
        isValueDone = false;
      }
    } else {
      pos = scanScalar(bytes, pos);
    }
    while (isValueDone) {
      if (depth === 0) return { start, end: pos, depth: deepest };
      pos = skipSpace(bytes, pos);
      const inObject = isObject[depth - 1] === 1;
      const next = bytes[pos];
      if (next === COMMA) {
        pos = skipSpace(bytes, pos + 1);
        if (inObject) pos = scanKey(bytes, pos);
        isValueDone = false;
      } else if (next === (inObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        depth--;
        pos++;
      } else {
        throw unexpected(bytes, pos, inObject ? 'a comma or }' : 'a comma or ]');
      }
    }
  }
}

function scanKey(bytes: Buffer, start: number): number {
  const pos = skipSpace(bytes, scanString(bytes, start, 'a key in quotation marks'));
  if (bytes[pos] !== COLON) throw unexpected(bytes, pos, 'a colon');
  return skipSpace(bytes, pos + 1);
}

function scanScalar(bytes: Buffer, pos: number): number {
  switch (bytes[pos]) {
    case QUOTE:
      return scanString(bytes, pos, 'a value');
    case 0x74:
      return scanLiteral(bytes, pos, 'true');
    case 0x66:
      return scanLiteral(bytes, pos, 'false');
    case 0x6e:
      return scanLiteral(bytes, pos, 'null');
    default:
      return scanNumber(bytes, pos);
  }
}

function scanLiteral(bytes: Buffer, start: number, word: string): number {
  for (let index = 1; index < word.length; index++) {
    if (bytes[start + index] !== word.charCodeAt(index)) {
      throw unexpected(bytes, start + index, word);
    }
  }
  return start + word.length;
}

function scanNumber(bytes: Buffer, start: number): number {
  let pos = start;
  if (bytes[pos] === 0x2d) pos++;
  if (bytes[pos] === 0x30) pos++;
  else pos = scanDigits(bytes, pos, pos === start ? 'a value' : 'a digit');
  if (bytes[pos] === 0x2e) pos = scanDigits(bytes, pos + 1, 'a digit');
  if (bytes[pos] === 0x65 || bytes[pos] === 0x45) {
    pos++;
    if (bytes[pos] === 0x2b || bytes[pos] === 0x2d) pos++;
    pos = scanDigits(bytes, pos, 'a digit');
  }
  return pos;
}

function scanDigits(bytes: Buffer, start: number, expected: string): number {
  let pos = start;
  while (isDigit(bytes[pos])) pos++;
  if (pos === start) throw unexpected(bytes, pos, expected);
  return pos;
}

function scanString(bytes: Buffer, start: number, expected: string): number {
  if (bytes[start] !== QUOTE) throw unexpected(bytes, start, expected);
  let pos = start + 1;
  for (;;) {
    const byte = bytes[pos];
    if (byte === QUOTE) return pos + 1;
    if (byte === undefined) throw unexpected(bytes, pos, 'a closing quotation mark');
    if (byte < 0x20) throw unexpected(bytes, pos, 'control characters to be escaped');
    if (byte !== BACKSLASH) {
      pos++;
    } else if (bytes[pos + 1] === 0x75) {
      for (let index = 2; index < 6; index++) {
        if (!isHexDigit(bytes[pos + index])) {
          throw unexpected(bytes, pos + index, 'four hexadecimal digits');
        }
      }
      pos += 6;
    } else {
      const escaped = bytes[pos + 1];
      if (escaped === undefined || !'"\\/bfnrt'.includes(String.fromCharCode(escaped))) {
        throw unexpected(bytes, pos + 1, 'an escape of JSON');
      }
      pos += 2;
    }
  }
}

/** The first position at or after `start` that is no JSON white space. */
export function skipSpace(bytes: Buffer, start: number): number {
  let pos = start;
  for (;;) {
    const byte = bytes[pos];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return pos;
    pos++;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

function unexpected(bytes: Buffer, at: number, expected: string): JsonSyntaxError {
  const byte = bytes[at];
  let got = 'the end of the body';
  if (byte !== undefined) {
    const isPrintable = byte > 0x20 && byte < 0x7f;
    got = isPrintable
      ? `"${String.fromCharCode(byte)}"`
      : `byte 0x${byte.toString(16).padStart(2, '0')}`;
  }
  return new JsonSyntaxError(`expected ${expected}, got ${got}`, Math.min(at, bytes.length));
}
