import type { TrackedEvent } from '../../../src/event/tracked-event.js';
import { between, type Random } from '../random-numbers.js';

const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(2026, 2, 1);
const NAMES = ['page_view', 'page_view', 'page_view', 'click', 'signup', 'purchase', 'login'];
const PAGES = ['/', '/a', '/b'];

/**
 * Batches of a stream in which nothing comes in order: events of any of ten days, copies of events
 * of this batch and of earlier ones, and accounts that become known long after their devices.
 */
export function* eventStream(
  random: Random,
  projectId: string,
  batchSize: number,
): Generator<readonly TrackedEvent[], never, undefined> {
  const sent: TrackedEvent[] = [];
  for (let batch = 0; ; batch += 1) {
    const events: TrackedEvent[] = [];
    for (let n = 0; n < batchSize; n += 1) {
      const known = [...sent, ...events];
      const copy = random() < 0.2 ? known[between(random, 0, known.length - 1)] : undefined;
      events.push(copy ?? randomEvent(random, projectId, `e${batch}-${n}`));
    }
    sent.push(...events);
    yield events;
  }
}

function randomEvent(random: Random, projectId: string, eventId: string): TrackedEvent {
  const one = <Value>(values: readonly Value[]): Value =>
    values[between(random, 0, values.length - 1)] as Value;
  const occurredAt = FIRST_DAY + between(random, 0, 10 * DAY_MS - 1);
  const eventName = one(NAMES);
  const isBot = random() < 0.1;
  return {
    projectId,
    eventId,
    eventName,
    occurredAt,
    receivedAt: occurredAt + 500,
    queryableAt: null,
    platform: random() < 0.8 ? 'web' : 'mobile',
    anonymousId: `d${between(random, 1, 6)}`,
    userId: random() < 0.2 ? `u${between(random, 1, 3)}` : '',
    sessionId: random() < 0.2 ? `s${between(random, 1, 4)}` : '',
    url: `https://shop.example${one(PAGES)}`,
    referrer: random() < 0.3 ? 'https://www.google.com/' : '',
    userAgent: isBot ? 'Mozilla/5.0 (compatible; Googlebot/2.1)' : '',
    ip: '',
    utmSource: '',
    utmMedium: '',
    utmCampaign: '',
    utmContent: '',
    utmTerm: '',
    properties: {
      plan: random() < 0.5 ? '"pro"' : '"free"',
      ...(eventName === 'purchase' ? { amount: '9.5', currency: '"EUR"' } : {}),
    },
    isTrusted: true,
  };
}
