import fc from 'fast-check';
import type { FunnelQuestion } from '../../src/funnel/funnel-query.js';
import type { EventSelector } from '../../src/metric/metric-query.js';
import type { WorldEvent, WorldQuestion, WorldSelector } from './funnel-oracle.js';
import type { EventJson } from './seed-events.js';

/** Worlds that are asked the same question; they share no device, user or session. */
export interface FunnelWorlds {
  readonly question: WorldQuestion;
  readonly worlds: readonly (readonly WorldEvent[])[];
}

/** Start of all worlds, the evening before a change of clocks. */
export const WORLDS_START = Date.UTC(2024, 2, 30, 22);

const MINUTE = 60_000;
const BOT_AGENT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

const selector: fc.Arbitrary<WorldSelector> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('a', 'b', 'c').map((event) => ({ event })) },
  {
    weight: 2,
    arbitrary: fc.record({ event: fc.constantFrom('a', 'b'), plan: fc.constantFrom('p', 'q') }),
  },
  { weight: 1, arbitrary: fc.constantFrom('p', 'q').map((plan) => ({ plan })) },
);

const question = fc.record({
  steps: fc.array(selector, { minLength: 2, maxLength: 4 }),
  order: fc.constantFrom<WorldQuestion['order']>('ordered', 'strict', 'unordered'),
  // Minutes: sessions end after 30.
  scale: fc.constantFrom(1, 1, 12),
  window: fc.integer({ min: 1, max: 8 }),
  from: fc.integer({ min: 0, max: 3 }),
  length: fc.integer({ min: 6, max: 12 }),
  excluded: fc.array(
    fc.record({
      event: fc.constantFrom<WorldSelector>({ event: 'x' }, { event: 'y' }, { event: 'a' }),
      fromStep: fc.integer({ min: 1, max: 3 }),
      toStep: fc.integer({ min: 2, max: 4 }),
    }),
    { maxLength: 2 },
  ),
  per: fc.constantFrom<WorldQuestion['per']>('user', 'user', 'session'),
  breakdown: fc.constantFrom<WorldQuestion['breakdown']>(
    null,
    null,
    'first_touch',
    'last_touch',
    'all_events',
  ),
  onlyPlan: fc.constantFrom(null, null, null, 'p'),
  onlyEntryPage: fc.constantFrom(null, null, null, '/x'),
  includeBots: fc.constantFrom(false, false, true),
});

const events = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'a', 'b', 'b', 'c', 'x', 'y', 'page_view', 'app_start'),
    at: fc.integer({ min: 0, max: 15 }),
    device: fc.constantFrom('d1', 'd1', 'd2', 'd3', 'd4', 'u1', ''),
    user: fc.constantFrom('', '', '', 'u1', 'u2', 'd1'),
    session: fc.constantFrom('', '', '', 's1', 's2'),
    page: fc.constantFrom('/x', '/y'),
    plan: fc.constantFrom('', 'p', 'q'),
    isBot: fc.constantFrom(false, false, false, false, true),
  }),
  { minLength: 10, maxLength: 40, size: 'max' },
);

/** One question and `count` small worlds: ties, repeats, late links, overlapping steps. */
export function funnelWorlds(count: number): fc.Arbitrary<FunnelWorlds> {
  return fc
    .tuple(question, fc.array(events, { minLength: count, maxLength: count, size: 'max' }))
    .map(([{ scale, window, from, length, excluded, ...asked }, lists]) => ({
      question: {
        ...asked,
        window: window * scale * MINUTE,
        from: WORLDS_START + from * scale * MINUTE,
        to: WORLDS_START + (from + length) * scale * MINUTE,
        exclusions: excluded.filter(
          ({ fromStep, toStep }) => fromStep < toStep && toStep <= asked.steps.length,
        ),
      },
      worlds: lists.map((list, world) => {
        const own = (id: string): string => (id === '' ? '' : `${id}-${world}`);
        return list.flatMap(({ at, device, user, session, ...event }, i) =>
          device === '' && user === ''
            ? []
            : {
                ...event,
                id: `${(i * 17) % 31}-é-${i}-${world}`,
                time: WORLDS_START + at * scale * MINUTE,
                device: own(device),
                user: own(user),
                session: own(session),
              },
        );
      }),
    }));
}

/** An event of a world as the collector takes it. */
export function importedEvent(event: WorldEvent): EventJson {
  return {
    event_id: event.id,
    event_name: event.name,
    timestamp: new Date(event.time).toISOString(),
    received_at: new Date(event.time).toISOString(),
    platform: 'web',
    anonymous_id: event.device,
    user_id: event.user,
    session_id: event.session,
    url: `https://shop.example${event.page}`,
    user_agent: event.isBot ? BOT_AGENT : '',
    properties: event.plan === '' ? {} : { plan: event.plan },
  };
}

/** The question of a world as the product is asked it. */
export function askedFunnel(projectId: string, asked: WorldQuestion): FunnelQuestion {
  const picked = ({ event, plan }: WorldSelector): EventSelector => ({
    ...(event === undefined ? {} : { event }),
    ...(plan === undefined ? {} : { where: { plan } }),
  });
  const equals = (field: string, value: string | null) =>
    value === null ? [] : [{ field, operator: 'equals' as const, values: [value] }];
  return {
    projectId,
    range: {
      kind: 'instants',
      from: new Date(asked.from).toISOString(),
      to: new Date(asked.to).toISOString(),
    },
    timeZone: 'UTC',
    steps: asked.steps.map(picked),
    order: asked.order,
    windowSeconds: asked.window / 1000,
    per: asked.per,
    exclusions: asked.exclusions.map((exclusion) => ({
      ...exclusion,
      event: picked(exclusion.event),
    })),
    ...(asked.breakdown === null
      ? {}
      : { breakdown: { dimension: 'plan', attribution: asked.breakdown } }),
    filter: [...equals('plan', asked.onlyPlan), ...equals('entry_page', asked.onlyEntryPage)],
    includeBots: asked.includeBots,
  };
}
