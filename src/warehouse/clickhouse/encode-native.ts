import { AppError } from '../../errors.js';
import type { CellType } from '../cell-type.js';
import { type ByteWriter, createByteWriter } from './byte-writer.js';

type Rows = readonly (readonly unknown[])[];

/** Writes the cells of one column, given by its index. */
type WriteColumn = (writer: ByteWriter, rows: Rows, column: number) => void;

export interface NativeColumns {
  readonly columns: readonly string[];
  /** One type for each of the columns. */
  readonly types: readonly CellType[];
  readonly rows: Rows;
}

/** Bytes a block of events has per cell, so that the buffer seldom grows. */
const BYTES_PER_CELL = 20;
/** 2^63 in units of 1/10,000 is far above what 18 digits hold. */
const DECIMAL = /^(-?)(\d{1,14})(?:\.(\d{1,4}))?$/;
/** A decimal text with at most this many digits before the point is exact as a double, times 10,000. */
const SAFE_DIGITS = 11;

/** `SerializationLowCardinality`: version of keys, then one dictionary for each run of rows. */
const KEYS_VERSION = 1;
const HAS_ADDITIONAL_KEYS = 1 << 9;
const NEEDS_NEW_DICTIONARY = 1 << 10;

/**
 * One block in ClickHouse's Native format, written column by column: numbers of columns and rows, then
 * of each column its name, its type and its cells one behind the other
 * (https://clickhouse.com/docs/interfaces/formats/Native).
 *
 * @throws AppError `WAREHOUSE_REFUSED` for a cell that its type does not hold, with the code and type
 *   the engine gives to such a cell. The cell itself is not in the message.
 */
export function encodeNative({ columns, types, rows }: NativeColumns): Buffer {
  const writer = createByteWriter(columns.length * (rows.length * BYTES_PER_CELL + 64));
  writer.varint(columns.length);
  writer.varint(rows.length);
  for (const [index, name] of columns.entries()) {
    const type = types[index];
    if (type === undefined) {
      throw new AppError('INTERNAL', `a typed block has no type for its column '${name}'`);
    }
    writer.text(name);
    writer.text(type);
    WRITERS[type](writer, rows, index);
  }
  return writer.bytes();
}

const WRITERS: Readonly<Record<CellType, WriteColumn>> = {
  String: (writer, rows, column) => {
    for (const row of rows) writer.text(textOf(row[column]));
  },
  'LowCardinality(String)': (writer, rows, column) => {
    writer.int64(KEYS_VERSION);
    const dictionary = createDictionary(rows.length);
    for (const row of rows) dictionary.add(row[column]);
    dictionary.writeTo(writer);
  },
  'Map(LowCardinality(String), String)': writeMaps,
  Bool: (writer, rows, column) => {
    for (const row of rows) {
      const value = row[column];
      if (typeof value !== 'boolean') throw badCell('a boolean');
      writer.byte(value ? 1 : 0);
    }
  },
  UInt32: (writer, rows, column) => {
    for (const row of rows) {
      const value = row[column];
      if (!isWhole(value) || value < 0 || value > 0xffffffff) throw badCell('0 to 2^32 - 1');
      writer.int32(value);
    }
  },
  UInt64: (writer, rows, column) => {
    for (const row of rows) {
      const value = row[column];
      if (isWhole(value) && value >= 0) writer.int64(value);
      else writer.bigInt64(unsigned64(value));
    }
  },
  "DateTime64(3, 'UTC')": (writer, rows, column) => {
    for (const row of rows) writer.int64(instantOf(row[column]));
  },
  "Nullable(DateTime64(3, 'UTC'))": (writer, rows, column) => {
    writeNulls(writer, rows, column);
    for (const row of rows) writer.int64(row[column] === null ? 0 : instantOf(row[column]));
  },
  'Nullable(Decimal(18, 4))': (writer, rows, column) => {
    writeNulls(writer, rows, column);
    for (const row of rows) writeDecimal(writer, row[column]);
  },
};

interface Dictionary {
  add(value: unknown): void;
  writeTo(writer: ByteWriter): void;
}

/** @param capacity Most values that will be added. */
function createDictionary(capacity: number): Dictionary {
  const keys: string[] = [];
  const indexOf = new Map<string, number>();
  const indexes = new Uint32Array(capacity);
  let count = 0;
  let lastKey: string | null = null;
  let lastIndex = 0;
  return {
    add(value) {
      // Runs of one value are the rule, and many of them are one string in memory.
      if (value !== lastKey) {
        lastKey = textOf(value);
        const known = indexOf.get(lastKey);
        if (known === undefined) {
          lastIndex = keys.push(lastKey) - 1;
          indexOf.set(lastKey, lastIndex);
        } else lastIndex = known;
      }
      indexes[count++] = lastIndex;
    },
    writeTo(writer) {
      if (count === 0) return;
      const width = keys.length <= 0x100 ? 0 : keys.length <= 0x10000 ? 1 : 2;
      writer.int64(HAS_ADDITIONAL_KEYS | NEEDS_NEW_DICTIONARY | width);
      writer.int64(keys.length);
      for (const key of keys) writer.text(key);
      writer.int64(count);
      for (let at = 0; at < count; at += 1) {
        const index = indexes[at] ?? 0;
        if (width === 2) writer.int32(index);
        else {
          writer.byte(index & 0xff);
          if (width === 1) writer.byte(index >>> 8);
        }
      }
    },
  };
}

/** Where each map ends, then the keys of all, then their values. */
function writeMaps(writer: ByteWriter, rows: Rows, column: number): void {
  let end = 0;
  const maps = rows.map((row) => mapOf(row[column]));
  writer.int64(KEYS_VERSION);
  const names = maps.map((map) => {
    const own = Object.keys(map);
    end += own.length;
    writer.int64(end);
    return own;
  });
  const dictionary = createDictionary(end);
  for (const own of names) for (const name of own) dictionary.add(name);
  dictionary.writeTo(writer);
  for (const [at, map] of maps.entries()) {
    for (const name of names[at] ?? []) writer.text(textOf(map[name]));
  }
}

function writeNulls(writer: ByteWriter, rows: Rows, column: number): void {
  for (const row of rows) writer.byte(row[column] === null ? 1 : 0);
}

function writeDecimal(writer: ByteWriter, value: unknown): void {
  if (value === null) {
    writer.int64(0);
    return;
  }
  const match = typeof value === 'string' ? DECIMAL.exec(value) : null;
  if (match === null)
    throw badCell('a decimal of 18 digits, 4 of them behind the point', DECIMAL_OVERFLOW);
  const [, sign, whole = '', fraction = ''] = match;
  const digits = `${sign}${whole}${fraction.padEnd(4, '0')}`;
  if (whole.length <= SAFE_DIGITS) writer.int64(Number(digits));
  else writer.bigInt64(BigInt(digits));
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw badCell('text');
  return value;
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badCell('a map');
  return value as Readonly<Record<string, unknown>>;
}

function instantOf(value: unknown): number {
  if (!isWhole(value)) throw badCell('whole ms since 1970');
  return value;
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function unsigned64(value: unknown): bigint {
  const big =
    typeof value === 'bigint'
      ? value
      : typeof value === 'string' && /^\d{1,20}$/.test(value)
        ? BigInt(value)
        : -1n;
  if (big < 0n || big >= 2n ** 64n) throw badCell('0 to 2^64 - 1');
  return big;
}

const TYPE_MISMATCH = { engineCode: 53, engineType: 'TYPE_MISMATCH' };
const DECIMAL_OVERFLOW = { engineCode: 407, engineType: 'DECIMAL_OVERFLOW' };

function badCell(expected: string, details = TYPE_MISMATCH): AppError {
  return new AppError('WAREHOUSE_REFUSED', `a cell of a typed block is not ${expected}`, {
    details,
  });
}
