import fc from 'fast-check';
import { type RandomWorld, worldOf } from '../oracle/random-world.js';
import type { EventJson } from '../seed-events.js';

/** One copy of an event on its way. */
export interface Delivery {
  readonly event: EventJson;
  readonly topic: 'web' | 'app';
  /** It comes keyed and placed by another producer, and is put right on the way. */
  readonly isMisplaced: boolean;
}

/** A random world with copies and late events; `events` are those of the deliveries. */
export interface OrderWorld extends RandomWorld {
  /** In canonical order of the first copies, further copies of an id right behind it. */
  readonly deliveries: readonly Delivery[];
}

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

/** From when it happened to when it was received. */
const DELAYS: readonly number[] = [
  0,
  SECOND,
  SECOND,
  60 * SECOND,
  3 * HOUR,
  25 * HOUR,
  12 * DAY,
  80 * DAY,
  200 * DAY,
];

/** What a client says the second time; times in ms. */
const COPIES: readonly ((event: EventJson, at: number) => EventJson)[] = [
  (event) => event,
  (event) => ({ ...event, event_name: 'copied' }),
  (event, at) => ({ ...event, timestamp: new Date(at + HOUR).toISOString() }),
  (event, at) => ({ ...event, timestamp: new Date(at - 45 * DAY).toISOString() }),
  (event) => ({ ...event, user_id: 'u1' }),
  (event) => ({ ...event, session_id: 's2', url: 'https://shop.example/copied' }),
  (event) => ({
    ...event,
    properties: { ...event.properties, order_id: 'o2', revenue: 7, currency: 'EUR', plan: 'pro' },
  }),
];

const place = fc.record({
  // Other topics than that of the platform, and other places than the owner's, are the exception.
  isElsewhere: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  isMisplaced: fc.integer({ min: 0, max: 11 }).map((n) => n === 0),
});

/** Worlds of {@link worldOf} as they arrive in practice. */
export const orderWorld: fc.Arbitrary<OrderWorld> = fc
  .record({
    world: worldOf(25),
    keepsRestless: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    delays: fc.array(fc.constantFrom(...DELAYS), { minLength: 5, maxLength: 13 }),
    places: fc.array(place, { minLength: 7, maxLength: 17 }),
    buys: fc.array(fc.nat(39), { maxLength: 4 }),
    copies: fc.array(
      fc.record({
        of: fc.nat(39),
        say: fc.constantFrom(...COPIES),
        after: fc.constantFrom(0, SECOND, DAY, 60 * DAY),
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ world, keepsRestless, delays, places, buys, copies }): OrderWorld => {
    const ids = new Set<string>();
    const unique = world.events.filter((event) => {
      const isNew = !ids.has(event.event_id) && event.event_name !== 'copied';
      if (isNew) ids.add(event.event_id);
      return isNew && (keepsRestless || event.anonymous_id !== 'kiosk');
    });
    const byOrder = unique.sort(
      (a, b) =>
        Date.parse(a.timestamp) - Date.parse(b.timestamp) ||
        Buffer.compare(Buffer.from(a.event_id), Buffer.from(b.event_id)),
    );
    const deliveries = byOrder.flatMap((said, index): Delivery[] => {
      const isBought = buys.some((buy) => buy % byOrder.length === index);
      const event = isBought ? bought(said, index) : said;
      const at = Date.parse(event.timestamp);
      let received = at + (delays[index % delays.length] ?? 0);
      const sent = [{ ...event, received_at: new Date(received).toISOString() }];
      for (const copy of copies) {
        if (copy.of % byOrder.length !== index) continue;
        received += HOUR + SECOND + copy.after;
        sent.push({ ...copy.say(event, at), received_at: new Date(received).toISOString() });
      }
      return sent.map((one, turn): Delivery => {
        const its = places[(index + 3 * turn) % places.length];
        const own = event.platform === 'mobile' ? 'app' : 'web';
        const other = own === 'web' ? 'app' : 'web';
        return {
          event: one,
          topic: its?.isElsewhere === true ? other : own,
          // Put right means appended anew, behind the others; so only the last copy may be that.
          isMisplaced: its?.isMisplaced === true && turn === sent.length - 1,
        };
      });
    });
    return { ...world, deliveries, events: deliveries.map(({ event }) => event) };
  });

/** The event as one more purchase of the order that every world has. */
function bought(event: EventJson, index: number): EventJson {
  const properties = { revenue: 10 + index, currency: 'EUR', order_id: 'o9' };
  return { ...event, event_name: 'purchase', properties: { ...event.properties, ...properties } };
}
