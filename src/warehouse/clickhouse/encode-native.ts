import { AppError } from '../../errors.js';
import type { CellType } from '../cell-type.js';
import { type ByteWriter, createByteWriter } from './byte-writer.js';

type Rows = readonly (readonly unknown[])[];

/** What the cells of one column become. */
interface ColumnEncoder {
  /** Takes the cells of some rows, which come in their order. */
  add(rows: Rows, column: number): void;
  /** The bytes of all of them; nothing is added afterwards. */
  finish(): readonly Buffer[];
}

export interface NativeColumns {
  readonly columns: readonly string[];
  /** One type for each of the columns. */
  readonly types: readonly CellType[];
  readonly rows: Rows;
}

/** Rows that are taken at once: their cells stay in the processor's cache while columns are written. */
const ROWS_AT_ONCE = 256;
/** Bytes a text has, so that a buffer seldom grows. */
const BYTES_PER_TEXT = 16;
const DECIMAL = /^(-?)(\d{1,14})(?:\.(\d{1,4}))?$/;
/** Digits before the point up to which an amount in 1/10,000 is exact as a double. */
const SAFE_DIGITS = 11;

/** `SerializationLowCardinality`: version of keys, then one dictionary for each run of rows. */
const KEYS_VERSION = 1;
const HAS_ADDITIONAL_KEYS = 1 << 9;
const NEEDS_NEW_DICTIONARY = 1 << 10;

/**
 * One block in ClickHouse's Native format: numbers of columns and rows, then of each column its name,
 * its type and its cells one behind the other
 * (https://clickhouse.com/docs/interfaces/formats/Native).
 *
 * @returns The bytes in pieces, to be written one behind the other.
 * @throws AppError `WAREHOUSE_REFUSED` for a cell that its type does not hold, with the code and type
 *   the engine gives to such a cell. The cell itself is not in the message.
 */
export function encodeNative({ columns, types, rows }: NativeColumns): readonly Buffer[] {
  const encoders = columns.map((name, at) => {
    const type = types[at];
    if (type === undefined) {
      throw new AppError('INTERNAL', `a typed block has no type for its column '${name}'`);
    }
    return { name, type, encoder: ENCODERS[type](rows.length) };
  });
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const some = rows.slice(from, from + ROWS_AT_ONCE);
    for (const [at, { encoder }] of encoders.entries()) encoder.add(some, at);
  }
  const start = createByteWriter(16);
  start.varint(columns.length);
  start.varint(rows.length);
  const pieces = [start.bytes()];
  for (const { name, type, encoder } of encoders) {
    const head = createByteWriter(name.length + type.length + 8);
    head.text(name);
    head.text(type);
    pieces.push(head.bytes(), ...encoder.finish());
  }
  return pieces;
}

type CreateEncoder = (rowCount: number) => ColumnEncoder;

const ENCODERS: Readonly<Record<CellType, CreateEncoder>> = {
  String: (rowCount) => {
    const writer = createByteWriter(rowCount * BYTES_PER_TEXT);
    return {
      add(rows, column) {
        for (const row of rows) writer.text(textOf(row[column]));
      },
      finish: () => [writer.bytes()],
    };
  },
  'LowCardinality(String)': (rowCount) => {
    const dictionary = createDictionary(rowCount);
    return {
      add(rows, column) {
        for (const row of rows) dictionary.add(row[column]);
      },
      finish: () => [keysVersion(), dictionary.bytes()],
    };
  },
  'Map(LowCardinality(String), String)': encodeMaps,
  Bool: fixed(1, (writer, value) => {
    if (typeof value !== 'boolean') throw badCell('a boolean');
    writer.byte(value ? 1 : 0);
  }),
  UInt32: fixed(4, (writer, value) => {
    if (!isWhole(value) || value < 0 || value > 0xffffffff) throw badCell('0 to 2^32 - 1');
    writer.int32(value);
  }),
  UInt64: fixed(8, (writer, value) => {
    if (isWhole(value) && value >= 0) writer.int64(value);
    else writer.bigInt64(unsigned64(value));
  }),
  "DateTime64(3, 'UTC')": fixed(8, writeInstant),
  "Nullable(DateTime64(3, 'UTC'))": nullable(8, writeInstant),
  'Nullable(Decimal(18, 4))': nullable(8, writeDecimal),
};

type WriteCell = (writer: ByteWriter, value: unknown) => void;

/** Cells of a fixed number of bytes. */
function fixed(width: number, write: WriteCell): CreateEncoder {
  return (rowCount) => {
    const writer = createByteWriter(rowCount * width);
    return {
      add(rows, column) {
        for (const row of rows) write(writer, row[column]);
      },
      finish: () => [writer.bytes()],
    };
  };
}

/** A byte a row that tells nulls, before the cells; that of a null is 0. */
function nullable(width: number, write: WriteCell): CreateEncoder {
  return (rowCount) => {
    const nulls = createByteWriter(rowCount);
    const writer = createByteWriter(rowCount * width);
    return {
      add(rows, column) {
        for (const row of rows) {
          const value = row[column];
          nulls.byte(value === null ? 1 : 0);
          if (value === null) writer.int64(0);
          else write(writer, value);
        }
      },
      finish: () => [nulls.bytes(), writer.bytes()],
    };
  };
}

/** Texts as numbers into a list of the different ones. */
interface Dictionary {
  add(value: unknown): void;
  bytes(): Buffer;
}

/** @param capacity Values that will be added, roughly. */
function createDictionary(capacity: number): Dictionary {
  const keys: string[] = [];
  const indexOf = new Map<string, number>();
  let indexes = new Uint32Array(Math.max(capacity, 16));
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
      if (count === indexes.length) {
        const larger = new Uint32Array(count * 2);
        larger.set(indexes);
        indexes = larger;
      }
      indexes[count++] = lastIndex;
    },
    bytes() {
      const width = keys.length <= 0x100 ? 0 : keys.length <= 0x10000 ? 1 : 2;
      const writer = createByteWriter(count * 2 ** width + keys.length * BYTES_PER_TEXT + 32);
      if (count === 0) return writer.bytes();
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
      return writer.bytes();
    },
  };
}

function keysVersion(): Buffer {
  const writer = createByteWriter(8);
  writer.int64(KEYS_VERSION);
  return writer.bytes();
}

/** Where each map ends, then the keys of all, then their values. */
function encodeMaps(rowCount: number): ColumnEncoder {
  const ends = createByteWriter(rowCount * 8);
  const dictionary = createDictionary(rowCount * 4);
  const values = createByteWriter(rowCount * 4 * BYTES_PER_TEXT);
  let end = 0;
  return {
    add(rows, column) {
      for (const row of rows) {
        const map = mapOf(row[column]);
        for (const name of Object.keys(map)) {
          dictionary.add(name);
          values.text(textOf(map[name]));
          end += 1;
        }
        ends.int64(end);
      }
    },
    finish: () => [keysVersion(), ends.bytes(), dictionary.bytes(), values.bytes()],
  };
}

function writeInstant(writer: ByteWriter, value: unknown): void {
  if (!isWhole(value)) throw badCell('whole ms since 1970');
  writer.int64(value);
}

function writeDecimal(writer: ByteWriter, value: unknown): void {
  const match = typeof value === 'string' ? DECIMAL.exec(value) : null;
  if (match === null) throw badCell('a decimal with 14 digits and 4 places', DECIMAL_OVERFLOW);
  const [, sign = '', whole = '', fraction = ''] = match;
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
