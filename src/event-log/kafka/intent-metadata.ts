/**
 * The open intent of a partition as the metadata text of its committed offset: Kafka takes it only
 * from a member of the group's current generation, which fences a former owner.
 */
const FORM = /^sluice\/1 (\d{1,19})-(\d{1,19})$/;

/** Text of an intent; both offsets inclusive. */
export function encodeIntent(firstOffset: bigint, lastOffset: bigint): string {
  return `sluice/1 ${firstOffset}-${lastOffset}`;
}

/** The intent of a metadata text; null for none, or the text of another program. */
export function decodeIntent(
  metadata: string,
): { readonly firstOffset: bigint; readonly lastOffset: bigint } | null {
  const [, first, last] = FORM.exec(metadata) ?? [];
  if (first === undefined || last === undefined) return null;
  return { firstOffset: BigInt(first), lastOffset: BigInt(last) };
}
