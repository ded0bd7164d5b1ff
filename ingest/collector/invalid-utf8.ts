/**
 * Position of the first byte that cannot be part of UTF-8 text; -1 when all of it can.
 *
 * The ranges are those of Unicode, table 3-7 (no overlong forms, no surrogates, nothing above
 * U+10FFFF). Meant for bytes already known to be wrong, where speed does not matter.
 */
export function firstInvalidUtf8(bytes: Uint8Array): number {
  let pos = 0;
  while (pos < bytes.length) {
    const lead = bytes[pos] ?? 0;
    if (lead < 0x80) {
      pos++;
      continue;
    }
    const length = sequenceLength(lead);
    if (length === 0) return pos;
    for (let index = 1; index < length; index++) {
      const [low, high] = index === 1 ? secondByteRange(lead) : [0x80, 0xbf];
      const byte = bytes[pos + index];
      if (byte === undefined || byte < low || byte > high) return pos;
    }
    pos += length;
  }
  return -1;
}

function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

function secondByteRange(lead: number): readonly [number, number] {
  if (lead === 0xe0) return [0xa0, 0xbf];
  if (lead === 0xed) return [0x80, 0x9f];
  if (lead === 0xf0) return [0x90, 0xbf];
  if (lead === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}
