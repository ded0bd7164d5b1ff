/** Longest text that is written unit by unit; longer ones are worth a call into the runtime. */
const SHORT_TEXT = 40;

/** Bytes that grow as they are written; numbers are little-endian. */
export interface ByteWriter {
  /** What was written so far; valid until the next write. */
  bytes(): Buffer;
  byte(value: number): void;
  /** @param value 0 to 2^53 − 1, as LEB128. */
  varint(value: number): void;
  /** @param value −2^31 to 2^32 − 1. */
  int32(value: number): void;
  /** @param value Whole, −2^53 to 2^53. */
  int64(value: number): void;
  bigInt64(value: bigint): void;
  /** UTF-8 behind its length; half of a surrogate pair becomes U+FFFD. */
  text(value: string): void;
}

/** @param size Bytes to begin with; the buffer doubles as often as it needs to. */
export function createByteWriter(size: number): ByteWriter {
  let buffer = Buffer.allocUnsafe(Math.max(size, 64));
  let at = 0;

  function reserve(length: number): void {
    if (at + length <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + length));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  }

  function varint(value: number): void {
    reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 128);
    }
    buffer[at++] = rest;
  }

  function int32(value: number): void {
    reserve(4);
    const target = buffer;
    target[at] = value;
    target[at + 1] = value >>> 8;
    target[at + 2] = value >>> 16;
    target[at + 3] = value >>> 24;
    at += 4;
  }

  /** Writes a short text of ASCII alone; false when it is not. */
  function shortText(value: string, length: number): boolean {
    const target = buffer;
    const start = at + 1;
    for (let index = 0; index < length; index += 1) {
      const unit = value.charCodeAt(index);
      if (unit > 0x7f) return false;
      target[start + index] = unit;
    }
    target[at] = length;
    at = start + length;
    return true;
  }

  return {
    bytes: () => buffer.subarray(0, at),
    byte(value) {
      reserve(1);
      buffer[at++] = value;
    },
    varint,
    int32,
    int64(value) {
      const high = Math.floor(value / 2 ** 32);
      int32(value - high * 2 ** 32);
      int32(high);
    },
    bigInt64(value) {
      const low = Number(BigInt.asUintN(32, value));
      int32(low);
      int32(Number(BigInt.asIntN(32, value >> 32n)));
    },
    text(value) {
      const { length } = value;
      if (length === 0) {
        reserve(1);
        buffer[at++] = 0;
        return;
      }
      // A UTF-16 unit has at most three bytes; before them at most five of the length.
      reserve(length * 3 + 5);
      if (length <= SHORT_TEXT && shortText(value, length)) return;
      // The length is known afterwards: it is put where it most probably fits, as of ASCII.
      const guess = length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x200000 ? 3 : 5;
      const written = buffer.write(value, at + guess, 'utf8');
      const needed = written < 0x80 ? 1 : written < 0x4000 ? 2 : written < 0x200000 ? 3 : 5;
      if (needed !== guess) buffer.copyWithin(at + needed, at + guess, at + guess + written);
      const end = at + needed + written;
      let rest = written;
      for (let index = 1; index < needed; index += 1) {
        buffer[at++] = (rest & 0x7f) | 0x80;
        rest = Math.floor(rest / 128);
      }
      buffer[at] = rest;
      at = end;
    },
  };
}
