import { isUtf8 } from 'node:buffer';
import { AppError } from '../../src/errors.js';
import type { AvroSchema } from './fingerprint.js';

/**
 * Walks one Avro value without building it and proves that a reader can: every length lies inside
 * the bytes, every count is covered by them, and nothing is left over. The decoder itself checks
 * bounds only at the end, so a forged count would keep it busy or fill the memory first.
 */
export type StructureCheck = (bytes: Buffer, start: number, options?: CheckOptions) => Structure;

export interface CheckOptions {
  /** Also proves every string to be UTF-8; costs a call per string. */
  readonly withText?: boolean;
}

export interface Structure {
  /** Start positions of map keys named `__proto__`, which a plain object would swallow. */
  readonly protoKeys: readonly number[];
}

interface Cursor {
  bytes: Buffer;
  pos: number;
  /** Items of arrays and maps that may still come; items may take no bytes at all. */
  budget: number;
  depth: number;
  withText: boolean;
  protoKeys: number[];
}

type Step = (cursor: Cursor) => void;

const NONE: readonly number[] = [];
/** Room for items that occupy no bytes (arrays of null). */
const FREE_ITEMS = 10_000;
const MAX_DEPTH = 64;
const PROTO = Buffer.from('__proto__');

/** Compiles the check for one writer schema. @throws TypeError when the schema is not Avro. */
export function compileStructureCheck(schema: AvroSchema): StructureCheck {
  const step = compile(schema, '', new Map());
  const cursor: Cursor = {
    bytes: Buffer.alloc(0),
    pos: 0,
    budget: 0,
    depth: 0,
    withText: false,
    protoKeys: [],
  };
  return (bytes, start, options) => {
    cursor.bytes = bytes;
    cursor.pos = start;
    cursor.budget = bytes.length + FREE_ITEMS;
    cursor.depth = 0;
    cursor.withText = options?.withText === true;
    if (cursor.protoKeys.length > 0) cursor.protoKeys = [];
    step(cursor);
    if (cursor.pos !== bytes.length) {
      throw malformed(`${bytes.length - cursor.pos} bytes follow the value`, cursor.pos);
    }
    return { protoKeys: cursor.protoKeys.length === 0 ? NONE : cursor.protoKeys };
  };
}

/** The error for bytes that are not a value of their schema. `at` is the byte position. */
export function malformed(what: string, at: number): AppError {
  return new AppError('BAD_USER_INPUT', `The Avro value is malformed at byte ${at}: ${what}.`, {
    details: { reason: 'MALFORMED_AVRO', at },
  });
}

function readLong(cursor: Cursor): number {
  const { bytes } = cursor;
  const start = cursor.pos;
  let pos = start;
  let byte = bytes[pos++];
  // One byte holds most lengths and counts.
  if (byte !== undefined && byte < 0x80) {
    cursor.pos = pos;
    return (byte >>> 1) ^ -(byte & 1);
  }
  let value = 0;
  let scale = 1;
  while (byte !== undefined && byte >= 0x80) {
    value += (byte & 0x7f) * scale;
    scale *= 128;
    if (pos - start >= 10) throw malformed('a number longer than 64 bits', start);
    byte = bytes[pos++];
  }
  if (byte === undefined) throw malformed('the value is cut off', bytes.length);
  value += byte * scale;
  cursor.pos = pos;
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}

function skip(cursor: Cursor, length: number): void {
  if (length > cursor.bytes.length - cursor.pos) {
    throw malformed(
      `${length} bytes announced, ${cursor.bytes.length - cursor.pos} left`,
      cursor.pos,
    );
  }
  cursor.pos += length;
}

function checkBytes(cursor: Cursor): void {
  const at = cursor.pos;
  const length = readLong(cursor);
  if (length < 0) throw malformed(`the negative length ${length}`, at);
  skip(cursor, length);
}

function checkString(cursor: Cursor): void {
  const at = cursor.pos;
  const length = readLong(cursor);
  if (length < 0) throw malformed(`the negative length ${length}`, at);
  const start = cursor.pos;
  skip(cursor, length);
  if (cursor.withText && !isUtf8(cursor.bytes.subarray(start, cursor.pos))) {
    throw malformed('text that is not UTF-8', start);
  }
}

const PRIMITIVE_STEPS: Readonly<Record<string, Step>> = {
  null: () => undefined,
  boolean: (cursor) => {
    const at = cursor.pos;
    skip(cursor, 1);
    const byte = cursor.bytes[at];
    if (byte !== 0 && byte !== 1) throw malformed(`${byte} is no boolean`, at);
  },
  int: (cursor) => {
    const at = cursor.pos;
    const value = readLong(cursor);
    if (value !== (value | 0)) throw malformed('an int beyond 32 bits', at);
  },
  long: (cursor) => {
    readLong(cursor);
  },
  float: (cursor) => skip(cursor, 4),
  double: (cursor) => skip(cursor, 8),
  bytes: checkBytes,
  string: checkString,
};

function compile(schema: unknown, namespace: string, named: Map<string, Step>): Step {
  if (typeof schema === 'string') {
    const step =
      PRIMITIVE_STEPS[schema] ?? named.get(schema) ?? named.get(`${namespace}.${schema}`);
    if (step === undefined) throw new TypeError(`expected a known Avro type, got "${schema}"`);
    return step;
  }
  if (Array.isArray(schema)) {
    return compileUnion(schema.map((branch) => compile(branch, namespace, named)));
  }
  if (typeof schema !== 'object' || schema === null) {
    throw new TypeError(`expected an Avro schema, got ${typeof schema}`);
  }
  const node = schema as Record<string, unknown>;
  switch (node.type) {
    case 'array':
      return compileBlocks(compile(node.items, namespace, named));
    case 'map': {
      const value = compile(node.values, namespace, named);
      return compileBlocks((cursor) => {
        checkKey(cursor);
        value(cursor);
      });
    }
    case 'record':
    case 'error':
    case 'enum':
    case 'fixed':
      return compileNamed(node, namespace, named);
    default:
      return compile(node.type, namespace, named);
  }
}

function compileNamed(
  node: Record<string, unknown>,
  namespace: string,
  named: Map<string, Step>,
): Step {
  const own = typeof node.namespace === 'string' ? node.namespace : namespace;
  const name = String(node.name);
  const full = name.includes('.') || own === '' ? name : `${own}.${name}`;
  const inner = full.includes('.') ? full.slice(0, full.lastIndexOf('.')) : '';
  if (node.type === 'fixed') {
    const size = Number(node.size);
    const step: Step = (cursor) => skip(cursor, size);
    named.set(full, step);
    return step;
  }
  if (node.type === 'enum') {
    const symbols = node.symbols as readonly string[];
    const step: Step = (cursor) => checkIndex(cursor, symbols.length, 'symbol');
    named.set(full, step);
    return step;
  }
  // The list is filled after the record is known by name, because a record may hold itself.
  const fields: Step[] = [];
  const step: Step = (cursor) => {
    if (++cursor.depth > MAX_DEPTH) throw malformed(`nesting beyond ${MAX_DEPTH}`, cursor.pos);
    for (let index = 0; index < fields.length; index++) fields[index]?.(cursor);
    cursor.depth--;
  };
  named.set(full, step);
  for (const field of node.fields as readonly { readonly type: unknown }[]) {
    fields.push(compile(field.type, inner, named));
  }
  return step;
}

function compileUnion(branches: readonly Step[]): Step {
  return (cursor) => branches[checkIndex(cursor, branches.length, 'branch')]?.(cursor);
}

function checkIndex(cursor: Cursor, count: number, what: string): number {
  const at = cursor.pos;
  const index = readLong(cursor);
  if (index < 0 || index >= count) throw malformed(`no ${what} ${index} of ${count}`, at);
  return index;
}

function checkKey(cursor: Cursor): void {
  const at = cursor.pos;
  checkString(cursor);
  // One length byte and nine letters.
  if (cursor.pos - at === 10 && PROTO.compare(cursor.bytes, at + 1, cursor.pos) === 0) {
    cursor.protoKeys.push(at + 1);
  }
}

function compileBlocks(item: Step): Step {
  return (cursor) => {
    for (;;) {
      const at = cursor.pos;
      let count = readLong(cursor);
      if (count === 0) return;
      let end = -1;
      if (count < 0) {
        count = -count;
        const size = readLong(cursor);
        end = cursor.pos + size;
        if (size < 0 || end > cursor.bytes.length) throw malformed(`a block of ${size} bytes`, at);
      }
      if (count > cursor.budget) throw malformed(`${count} items announced`, at);
      cursor.budget -= count;
      while (count-- > 0) item(cursor);
      if (end >= 0 && cursor.pos !== end) throw malformed('a block size that does not fit', at);
    }
  };
}
