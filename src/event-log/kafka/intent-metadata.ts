import type { OpenIntent } from '../event-log.js';

/**
 * The open intent of a partition as the metadata text of its committed offset: Kafka takes it only
 * from a member of the group's current generation, which fences a former owner.
 */
const FORM = /^sluice\/1 (\d{1,19})-(\d{1,19})(?: at (\d{1,15}))?$/;

/** What of an intent is in the metadata; its topic partition is that of the offset. */
export type IntentMetadata = Pick<OpenIntent, 'firstOffset' | 'lastOffset' | 'openedAt'>;

/** Text of an intent: both offsets, inclusive, and the moment it was opened. */
export function encodeIntent({ firstOffset, lastOffset, openedAt }: IntentMetadata): string {
  return `sluice/1 ${firstOffset}-${lastOffset} at ${openedAt}`;
}

/** The intent of a metadata text; null for none, or the text of another program. */
export function decodeIntent(metadata: string): IntentMetadata | null {
  const [, first, last, openedAt = '0'] = FORM.exec(metadata) ?? [];
  if (first === undefined || last === undefined) return null;
  return { firstOffset: BigInt(first), lastOffset: BigInt(last), openedAt: Number(openedAt) };
}
