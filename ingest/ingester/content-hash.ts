import type { TrackedEvent } from '../../src/event/tracked-event.js';

/** State of the hash that is being computed; nothing else runs meanwhile. */
let high = 0;
let low = 0;

/**
 * Hash of what the client said in an event, by which copies of one id are told to be equal or in
 * conflict. Moments of receipt and visibility, the address and the sender's standing are left out:
 * a re-send from another network is the same event.
 *
 * It has 53 bits, so that it passes through JSON numbers exactly: two differing copies of one id
 * look equal once in 9 × 10^15. Text is compared by its UTF-16 units and its length, properties in
 * the order of their names. The mixing is that of MurmurHash3 (32 bits, two lanes), public domain.
 */
export function contentHash(event: TrackedEvent): number {
  const { properties } = event;
  high = 0x9747b28c;
  low = 0x3c6ef372;
  mixText(event.eventName);
  mixNumber(event.occurredAt % 2 ** 32);
  mixNumber(Math.floor(event.occurredAt / 2 ** 32));
  mixText(event.platform);
  mixText(event.anonymousId);
  mixText(event.userId);
  mixText(event.sessionId);
  mixText(event.url);
  mixText(event.referrer);
  mixText(event.userAgent);
  mixText(event.utmSource);
  mixText(event.utmMedium);
  mixText(event.utmCampaign);
  mixText(event.utmContent);
  mixText(event.utmTerm);
  const names = Object.keys(properties).sort();
  mixNumber(names.length);
  for (const name of names) {
    mixText(name);
    mixText(properties[name] ?? '');
  }
  const mixedHigh = finish(high ^ (low >>> 7));
  const mixedLow = finish(low ^ (mixedHigh >>> 5));
  return (mixedHigh & 0x1fffff) * 2 ** 32 + mixedLow;
}

/** Two units at a time; the length keeps neighbouring texts apart. */
function mixText(text: string): void {
  const { length } = text;
  let one = high;
  let other = low;
  let at = 0;
  for (; at + 1 < length; at += 2) {
    const units = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
    one = Math.imul(rotate(one ^ Math.imul(units, 0xcc9e2d51), 13), 0x1b873593);
    other = Math.imul(rotate(other ^ Math.imul(units, 0x85ebca6b), 17), 0xc2b2ae35);
  }
  high = one;
  low = other;
  if (at < length) mixNumber(text.charCodeAt(at));
  mixNumber(length);
}

function mixNumber(value: number): void {
  high = Math.imul(rotate(high ^ Math.imul(value, 0xcc9e2d51), 13), 0x1b873593) + 0x38b34ae5;
  low = Math.imul(rotate(low ^ Math.imul(value, 0x85ebca6b), 17), 0xc2b2ae35) + 0x2710c961;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function finish(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
