import { AppError } from '../errors.js';

/** A column of arrays: row i holds `values[ends[i − 1] … ends[i])`, beginning at 0. */
export interface ArrayColumn {
  readonly ends: Float64Array;
  readonly values: Float64Array;
}

/** One block of a result in ClickHouse's Native format, restricted to the two types funnels use. */
export interface NativeBlock {
  readonly rowCount: number;
  /** Columns of type `Array(Float64)` by name. */
  readonly arrays: ReadonlyMap<string, ArrayColumn>;
  /** Columns of type `String` by name. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the blocks of a Native result without an object per row.
 *
 * A block is: number of columns and of rows as LEB128, then per column its name and type (each with
 * a LEB128 length) and its data. An array column is one 64-bit end offset a row, then all values
 * behind one another (https://clickhouse.com/docs/interfaces/formats/Native). Numbers are
 * little-endian, as on every platform the engine runs on.
 *
 * @throws AppError `INTERNAL` for another type or bytes that end early.
 */
export function* readNativeBlocks(bytes: Buffer): Generator<NativeBlock> {
  let offset = 0;

  function take(length: number): number {
    const start = offset;
    if (start + length > bytes.length) {
      throw new AppError(
        'INTERNAL',
        `expected ${length} more bytes of a Native block, got ${bytes.length - start}`,
      );
    }
    offset += length;
    return start;
  }

  function varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[take(1)] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  function text(): string {
    const length = varint();
    const start = take(length);
    return bytes.toString('utf8', start, start + length);
  }

  function doubles(count: number): Float64Array {
    const start = take(count * 8);
    const values = new Float64Array(count);
    // Copied, since a view needs an address that is a multiple of 8.
    Buffer.from(values.buffer).set(bytes.subarray(start, start + count * 8));
    return values;
  }

  function ends(rowCount: number): Float64Array {
    const start = take(rowCount * 8);
    const values = new Float64Array(rowCount);
    for (let row = 0; row < rowCount; row += 1) {
      const at = start + row * 8;
      values[row] = bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 0x1_0000_0000;
    }
    return values;
  }

  while (offset < bytes.length) {
    const columnCount = varint();
    const rowCount = varint();
    const arrays = new Map<string, ArrayColumn>();
    const texts = new Map<string, readonly string[]>();
    for (let column = 0; column < columnCount; column += 1) {
      const name = text();
      const type = text();
      if (rowCount === 0) continue;
      if (type === 'Array(Float64)') {
        const rowEnds = ends(rowCount);
        arrays.set(name, { ends: rowEnds, values: doubles(rowEnds[rowCount - 1] ?? 0) });
      } else if (type === 'String') {
        texts.set(name, Array.from({ length: rowCount }, text));
      } else {
        throw new AppError('INTERNAL', `expected Array(Float64) or String in ${name}, got ${type}`);
      }
    }
    if (rowCount > 0) yield { rowCount, arrays, texts };
  }
}
