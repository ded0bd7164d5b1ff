import { isUtf8 } from 'node:buffer';
import { AppError } from '../../src/errors.js';
import type { Rejected } from '../dead-letter.js';
import { firstInvalidUtf8 } from './invalid-utf8.js';
import {
  eventRanges,
  type JsonRange,
  JsonSyntaxError,
  scanJsonValue,
  skipSpace,
} from './json-scan.js';

/** How a body is to be read: one JSON value, one value a line, or whichever it is. */
export type BodyFormat = 'json' | 'ndjson' | 'either';

/** The events of a body, still unchecked, in their order. */
export interface SplitBody {
  readonly events: readonly BodyEvent[];
  /** The bytes of one event, exactly as sent. */
  bytesOf(index: number): Buffer;
}

export interface BodyEvent {
  /** The parsed JSON; undefined when there is a problem. */
  readonly value: unknown;
  /** Why the event cannot be read, although the body around it can. */
  readonly problem: Rejected | null;
}

export interface SplitLimits {
  /** Most events in a body. */
  readonly maxEvents: number;
}

/** Parsed, a value nested deeper than this could take much more memory than its bytes. */
const MAX_PARSED_DEPTH = 1000;
/** Shorter bytes may be parsed whatever they hold. */
const SCAN_ABOVE_BYTES = 65_536;
const BYTE_ORDER_MARK = 3;

/**
 * Cuts a body into its events: a single event, an array, `{"batch": [...]}`, or lines of NDJSON.
 * In NDJSON a bad line is the problem of that line alone.
 *
 * @throws AppError `MALFORMED_BODY` whose details tell `line`, `column` (both from 1) and `offset`
 *   in bytes, or `PAYLOAD_TOO_LARGE` when the events are too many.
 */
export function splitBody(body: Buffer, format: BodyFormat, limits: SplitLimits): SplitBody {
  const hasMark = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  const bytes = hasMark ? body.subarray(BYTE_ORDER_MARK) : body;
  const skipped = hasMark ? BYTE_ORDER_MARK : 0;
  if (skipSpace(bytes, 0) >= bytes.length) {
    throw new AppError('MALFORMED_BODY', 'The body is empty; expected one event or more.');
  }
  if (format === 'ndjson') return splitLines(bytes, limits);
  try {
    return splitJson(bytes, limits);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    if (format === 'either' && isFirstLineJson(bytes)) return splitLines(bytes, limits);
    throw malformed(bytes, error, skipped);
  }
}

function splitJson(bytes: Buffer, limits: SplitLimits): SplitBody {
  if (!isUtf8(bytes)) {
    throw new JsonSyntaxError('this byte is not UTF-8', firstInvalidUtf8(bytes));
  }
  let known: readonly JsonRange[] | null = null;
  const ranges = () => {
    known ??= eventRanges(bytes);
    return known;
  };
  const bytesOf = (index: number) => {
    const range = ranges()[index];
    return range === undefined ? bytes : bytes.subarray(range.start, range.end);
  };
  if (bytes.length > SCAN_ABOVE_BYTES) {
    const found = ranges();
    checkCount(found.length, limits);
    checkEnvelope(bytes, found);
    if (found.some((range) => range.depth > MAX_PARSED_DEPTH)) {
      return { events: found.map((range) => readRange(bytes, range)), bytesOf };
    }
  }
  const values = eventsOf(parse(bytes));
  checkCount(values.length, limits);
  return { events: values.map((value) => ({ value, problem: null })), bytesOf };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    // The parser does not always say where; the scan does.
    eventRanges(bytes);
    throw new JsonSyntaxError(`the parser refuses it (${(error as Error).name})`, 0);
  }
}

/** The list of events in a parsed body. */
function eventsOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'batch')) return [body];
  const { batch, ...others } = body as { readonly batch: unknown };
  refuseOtherKeys(Object.keys(others));
  if (Array.isArray(batch)) return batch;
  throw new AppError('MALFORMED_BODY', 'Expected "batch" to be an array of events.');
}

/** The same rule for a body whose parts may have to be parsed one by one. */
function checkEnvelope(bytes: Buffer, ranges: readonly JsonRange[]): void {
  const start = skipSpace(bytes, 0);
  const first = ranges[0];
  const last = ranges[ranges.length - 1];
  if (bytes[start] !== 0x7b || first?.start === start) return;
  // What is left when the events are cut out is the envelope alone.
  const envelope =
    first === undefined || last === undefined
      ? bytes
      : Buffer.concat([bytes.subarray(0, first.start), bytes.subarray(last.end)]);
  const range = scanJsonValue(envelope, start);
  if (range.depth > MAX_PARSED_DEPTH) refuseOtherKeys(['…']);
  eventsOf(JSON.parse(envelope.toString('utf8')));
}

/** Whatever stands beside the events belongs to none of them and would be lost. */
function refuseOtherKeys(keys: readonly string[]): void {
  if (keys.length === 0) return;
  const shown = keys.slice(0, 5).map((key) => JSON.stringify(key.slice(0, 60)));
  throw new AppError(
    'MALFORMED_BODY',
    `Expected an object with "batch" to hold nothing else, got ${shown.join(', ')} beside it.`,
  );
}

function readRange(bytes: Buffer, { start, end, depth }: JsonRange): BodyEvent {
  if (depth <= MAX_PARSED_DEPTH) {
    return { value: JSON.parse(bytes.toString('utf8', start, end)), problem: null };
  }
  return refused({
    reason: 'NESTING_TOO_DEEP',
    message: `The event is nested ${depth} levels deep.`,
  });
}

interface Line {
  readonly start: number;
  readonly end: number;
  /** Number of the line in the body, from 1. */
  readonly number: number;
}

function splitLines(bytes: Buffer, limits: SplitLimits): SplitBody {
  const lines: Line[] = [];
  let start = 0;
  for (let number = 1; start < bytes.length; number++) {
    const feed = bytes.indexOf(0x0a, start);
    const next = feed === -1 ? bytes.length : feed;
    const end = next > start && bytes[next - 1] === 0x0d ? next - 1 : next;
    if (skipSpace(bytes, start) < end) {
      lines.push({ start, end, number });
      checkCount(lines.length, limits);
    }
    start = next + 1;
  }
  const isText = isUtf8(bytes);
  return {
    events: lines.map((line) => readLine(bytes, line, isText)),
    bytesOf: (index) => {
      const line = lines[index];
      return line === undefined ? bytes : bytes.subarray(line.start, line.end);
    },
  };
}

function readLine(bytes: Buffer, line: Line, isText: boolean): BodyEvent {
  const part = bytes.subarray(line.start, line.end);
  if (!isText && !isUtf8(part)) {
    return refused({
      reason: 'INVALID_STRING',
      message: `Line ${line.number}, byte ${firstInvalidUtf8(part)}: this byte is not UTF-8.`,
    });
  }
  try {
    if (part.length <= SCAN_ABOVE_BYTES) return { value: parse(part), problem: null };
    const start = skipSpace(part, 0);
    const range = scanJsonValue(part, start);
    const rest = skipSpace(part, range.end);
    if (rest < part.length) throw new JsonSyntaxError('expected the end of the line', rest);
    return readRange(part, range);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return refused({
      reason: 'MALFORMED_JSON',
      message: `Line ${line.number}, column ${columnOf(part, 0, error.at)}: ${error.message}.`,
    });
  }
}

/** The one JSON value in the bytes of one event, as a body or a line of one is read. */
export function readEventBytes(bytes: Buffer): BodyEvent {
  return readLine(bytes, { start: 0, end: bytes.length, number: 1 }, isUtf8(bytes));
}

function isFirstLineJson(bytes: Buffer): boolean {
  const start = skipSpace(bytes, 0);
  const feed = bytes.indexOf(0x0a, start);
  if (feed === -1 || bytes[start] !== 0x7b) return false;
  try {
    const { end } = scanJsonValue(bytes, start);
    return end <= feed;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

function refused(problem: Rejected): BodyEvent {
  return { value: undefined, problem };
}

function checkCount(count: number, { maxEvents }: SplitLimits): void {
  if (count <= maxEvents) return;
  throw new AppError(
    'PAYLOAD_TOO_LARGE',
    `Expected at most ${maxEvents} events in a body, got more.`,
    { details: { maxEvents } },
  );
}

function malformed(bytes: Buffer, error: JsonSyntaxError, skipped: number): AppError {
  const before = bytes.subarray(0, error.at);
  const lineStart = before.lastIndexOf(0x0a) + 1;
  let line = 1;
  for (let at = before.indexOf(0x0a); at !== -1; at = before.indexOf(0x0a, at + 1)) line++;
  const column = columnOf(bytes, lineStart, error.at);
  const offset = error.at + skipped;
  return new AppError(
    'MALFORMED_BODY',
    `The body is no JSON at line ${line}, column ${column} (byte ${offset}): ${error.message}.`,
    { details: { line, column, offset } },
  );
}

/** Characters from the start of the line to the position, counted from 1. */
function columnOf(bytes: Buffer, lineStart: number, at: number): number {
  let column = 1;
  for (let pos = lineStart; pos < at; pos++) {
    // Continuation bytes belong to the character before them.
    if (((bytes[pos] ?? 0) & 0xc0) !== 0x80) column++;
  }
  return column;
}
