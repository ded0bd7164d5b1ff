import type { TrackedEvent } from '../../src/event/tracked-event.js';

const SEPARATOR = '\u0000';

/**
 * Hash of what the client said in an event, by which copies of one id are told to be equal or in
 * conflict. Moments of receipt and visibility, the address and the sender's standing are left out:
 * a re-send from another network is the same event.
 *
 * It has 53 bits, so that it passes through JSON numbers exactly: two differing copies of one id
 * look equal once in 9 × 10^15. Text is compared by its UTF-16 units, properties in the order of
 * their names. The mixing is that of MurmurHash3 (32 bits, two lanes), public domain.
 */
export function contentHash(event: TrackedEvent): number {
  const { properties } = event;
  let text = `${event.eventName}${SEPARATOR}${event.occurredAt}${SEPARATOR}${event.platform}${SEPARATOR}${event.anonymousId}${SEPARATOR}${event.userId}${SEPARATOR}${event.sessionId}${SEPARATOR}${event.url}${SEPARATOR}${event.referrer}${SEPARATOR}${event.userAgent}${SEPARATOR}${event.utmSource}${SEPARATOR}${event.utmMedium}${SEPARATOR}${event.utmCampaign}${SEPARATOR}${event.utmContent}${SEPARATOR}${event.utmTerm}`;
  for (const name of Object.keys(properties).sort()) {
    text += `${SEPARATOR}${name}${SEPARATOR}${properties[name]}`;
  }
  return hash53(text);
}

function hash53(text: string): number {
  let high = 0x9747b28c;
  let low = 0x3c6ef372;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    high = Math.imul(rotate(high ^ Math.imul(unit, 0xcc9e2d51), 13), 0x1b873593);
    low = Math.imul(rotate(low ^ Math.imul(unit, 0x85ebca6b), 17), 0xc2b2ae35);
  }
  const mixedHigh = finish(high ^ text.length ^ (low >>> 7));
  const mixedLow = finish(low ^ text.length ^ (mixedHigh >>> 5));
  return (mixedHigh & 0x1fffff) * 2 ** 32 + mixedLow;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function finish(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
