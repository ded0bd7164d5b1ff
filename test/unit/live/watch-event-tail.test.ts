import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AppError } from '../../../src/errors.js';
import type { LogRecord, TailOptions } from '../../../src/event-log/event-log.js';
import type { LiveQuestion } from '../../../src/live/live-query.js';
import { tailFilter } from '../../../src/live/tail-filter.js';
import type { TailedEvent } from '../../../src/live/tailed-event.js';
import { createWatchEventTail, type TailQuestion } from '../../../src/live/watch-event-tail.js';
import type { Condition, EventSelector } from '../../../src/metric/metric-query.js';
import { eventually } from '../../testkit/deadline.js';

const QUESTION: LiveQuestion = { projectId: 'shop', filter: [], includeBots: false };

function tailed(id: string, event: Partial<TailedEvent['event']> = {}): TailedEvent {
  return {
    projectId: 'shop',
    isBot: false,
    receivedAt: '2026-01-01T00:00:01.000Z',
    fields: { host: 'shop.example', utm_source: 'news' },
    event: {
      eventId: id,
      eventName: 'page_view',
      occurredAt: '2026-01-01T00:00:00.000Z',
      platform: 'web',
      anonymousId: 'd1',
      userId: '',
      sessionId: '',
      session: null,
      page: '/x',
      screen: '',
      url: 'https://shop.example/x',
      referrer: '',
      deviceType: '',
      browser: 'Firefox',
      os: '',
      country: 'CH',
      isBot: false,
      properties: {},
      ...event,
    },
  };
}

/** A log of one partition in memory that can be tailed, and that can fail. */
function openLog() {
  const kept: LogRecord[] = [];
  let begin = 0;
  const open = new Set<{ wake: () => void; failure: Error | null }>();
  const starts: number[] = [];
  return {
    /** Offsets at which tails began. */
    starts,
    open: () => open.size,
    append(...events: readonly TailedEvent[]) {
      for (const event of events) {
        kept.push({
          topic: 'web',
          partition: 0,
          offset: BigInt(kept.length),
          appendedAt: 0,
          key: null,
          value: Buffer.from(JSON.stringify(event)),
          headers: {},
        });
      }
      for (const { wake } of open) wake();
    },
    forget: () => {
      begin = kept.length;
    },
    fail(error: Error) {
      for (const tail of open) {
        tail.failure = error;
        tail.wake();
      }
    },
    async positions() {
      const [committed, oldestUnreadAt, openIntent] = [null, null, null];
      const place = { topic: 'web', partition: 0, begin: BigInt(begin), end: BigInt(kept.length) };
      return [{ ...place, committed, oldestUnreadAt, openIntent }];
    },
    async tail({ from = [], signal }: TailOptions) {
      let next = Number(from[0]?.offset ?? kept.length);
      starts.push(next);
      const tail = { wake: (): void => undefined, failure: null as Error | null };
      open.add(tail);
      signal.addEventListener('abort', () => tail.wake());
      async function* records(): AsyncGenerator<LogRecord> {
        try {
          while (!signal.aborted) {
            if (tail.failure !== null) throw tail.failure;
            const record = kept[next];
            if (record !== undefined) {
              next += 1;
              yield record;
            } else {
              await new Promise<void>((resolve) => {
                tail.wake = resolve;
              });
            }
          }
        } finally {
          open.delete(tail);
        }
      }
      return records();
    },
  };
}

function openTail(log = openLog()) {
  const warnings: unknown[] = [];
  let now = 0;
  const watch = createWatchEventTail({
    eventLog: log,
    group: 'g',
    topics: ['web'],
    read: (record) => JSON.parse(record.value.toString()) as TailedEvent,
    log: { warn: (...entry: unknown[]) => void warnings.push(entry) } as never,
    sleep: (ms) => {
      now += ms;
      return new Promise((resolve) => setImmediate(resolve));
    },
    clock: () => now,
  });
  return {
    log,
    warnings,
    watch,
    pass(ms: number) {
      now += ms;
    },
  };
}

/** A watcher that is live. */
async function begin(
  { watch }: ReturnType<typeof openTail>,
  signal: AbortSignal,
  more: Partial<TailQuestion> = {},
) {
  const reader = watch({ ...QUESTION, ...more }, signal)[Symbol.asyncIterator]();
  const { value } = await reader.next();
  expect(value).toMatchObject({ events: [], dropped: 0 });
  return reader;
}

const idsOf = (batch: { readonly events: readonly { readonly eventId: string }[] }) =>
  batch.events.map(({ eventId }) => eventId);

describe('the tail of events', () => {
  let leave: AbortController;
  beforeEach(() => {
    leave = new AbortController();
  });
  afterEach(() => leave.abort());

  test('one tail serves all watchers, from the first to the last', async () => {
    const world = openTail();
    const { log } = world;
    const leaves = [new AbortController(), new AbortController()];
    expect(log.open()).toBe(0);
    const readers = await Promise.all(leaves.map(({ signal }) => begin(world, signal)));
    const nexts = readers.map((reader) => reader.next());
    log.append(tailed('1'));
    for (const { value } of await Promise.all(nexts)) {
      expect(value).toMatchObject({ dropped: 0, isDeduplicated: false });
      expect(value?.events[0]).toMatchObject({
        eventId: '1',
        receivedAt: '2026-01-01T00:00:01.000Z',
      });
    }
    expect(log.starts).toEqual([0]);
    leaves[0]?.abort();
    expect(log.open()).toBe(1);
    leaves[1]?.abort();
    await eventually('the end of the tail', () => log.open() === 0);
    expect(await readers[1]?.next()).toEqual({ value: undefined, done: true });
  });

  test('a slow reader loses the oldest and is told how many; a quick one loses none', async () => {
    const world = openTail();
    const slow = await begin(world, leave.signal, { bufferSize: 3 });
    const seen: string[] = [];
    const quick = (async () => {
      for await (const batch of world.watch(QUESTION, leave.signal)) seen.push(...idsOf(batch));
    })();
    world.log.append(...['1', '2', '3', '4', '5'].map((id) => tailed(id)));
    await eventually('the quick reader', () => seen.length === 5);
    const late = await slow.next();
    expect(late.value).toMatchObject({ dropped: 2 });
    expect(idsOf(late.value ?? { events: [] })).toEqual(['3', '4', '5']);
    const after = slow.next();
    world.log.append(tailed('6'));
    expect((await after).value).toMatchObject({ dropped: 0 });
    leave.abort();
    await quick;
  });

  test('goes on after the log has failed, where it was', async () => {
    const world = openTail();
    const { log, warnings } = world;
    const reader = await begin(world, leave.signal);
    log.fail(new AppError('EVENT_LOG_UNAVAILABLE', 'away', { isRetryable: true }));
    log.append(tailed('1'));
    const { value } = await reader.next();
    expect(idsOf(value ?? { events: [] })).toEqual(['1']);
    expect(value).toMatchObject({ isAnew: false });
    expect(log.starts).toEqual([0, 0]);
    expect(warnings).toHaveLength(1);
  });

  test('leaving the loop is leaving the tail', async () => {
    const { log, watch } = openTail();
    const reading = (async () => {
      for await (const batch of watch(QUESTION, new AbortController().signal)) {
        if (batch.events.length > 0) return idsOf(batch);
        log.append(tailed('1'));
      }
      return [];
    })();
    expect(await reading).toEqual(['1']);
    await eventually('the end of the tail', () => log.open() === 0);
  });

  test('another process goes on behind a batch: no event is missed and none repeated', async () => {
    const one = openTail();
    const reader = await begin(one, leave.signal);
    one.log.append(tailed('1'), tailed('2'));
    const { value } = await reader.next();
    one.log.append(tailed('3'));
    const other = openTail(one.log);
    const on = other.watch({ ...QUESTION, from: value?.cursor ?? null }, leave.signal);
    const next = await on[Symbol.asyncIterator]().next();
    expect(idsOf(next.value ?? { events: [] })).toEqual(['3']);
    expect(one.log.starts).toEqual([0, 2]);
  });

  test('a process that reads already goes on from memory, or reads once more where that is too short', async () => {
    const world = openTail();
    const { log, watch } = world;
    log.append(tailed('1'), tailed('2'));
    const reader = await begin(world, leave.signal);
    log.append(tailed('3'), tailed('4'));
    expect(idsOf((await reader.next()).value ?? { events: [] })).toEqual(['3', '4']);
    const from = (offset: number) => JSON.stringify([['web', 0, String(offset)]]);
    const near = watch({ ...QUESTION, from: from(3) }, leave.signal)[Symbol.asyncIterator]();
    expect(idsOf((await near.next()).value ?? { events: [] })).toEqual(['4']);
    expect(log.starts).toEqual([2]);
    const far = watch({ ...QUESTION, from: from(1) }, leave.signal)[Symbol.asyncIterator]();
    const again: string[] = [];
    while (again.length < 3) again.push(...idsOf((await far.next()).value ?? { events: [] }));
    expect(again).toEqual(['2', '3', '4']);
    expect(log.starts).toEqual([2, 1]);
    log.append(tailed('5'));
    for (const each of [reader, near, far]) {
      expect(idsOf((await each.next()).value ?? { events: [] })).toEqual(['5']);
    }
  });

  test('says when what it was to go on with is not kept any more', async () => {
    const { log, watch } = openTail();
    log.append(tailed('1'), tailed('2'));
    log.forget();
    const from = JSON.stringify([['web', 0, '1']]);
    const reader = watch({ ...QUESTION, from }, leave.signal)[Symbol.asyncIterator]();
    const next = reader.next();
    await eventually('the tail', () => log.open() === 1);
    expect((await next).value).toMatchObject({ isAnew: true, dropped: 0 });
    log.append(tailed('3'));
    const { value } = await reader.next();
    expect(value).toMatchObject({ isAnew: false });
    expect(idsOf(value ?? { events: [] })).toEqual(['3']);
  });

  test('a watcher that finds nothing for long is told how far it has got', async () => {
    const world = openTail();
    const reader = await begin(world, leave.signal, { event: { event: 'rare' } });
    const next = reader.next();
    world.pass(20_000);
    world.log.append(tailed('1'));
    expect((await next).value).toMatchObject({ events: [], cursor: '[["web",0,"1"]]' });
  });
});

describe('what a tail can be narrowed to', () => {
  const fits = (changes: Partial<LiveQuestion>, event: TailedEvent = tailed('1')) =>
    tailFilter({ ...QUESTION, ...changes })(event);
  const on = (field: string, operator: Condition['operator'], ...values: Condition['values']) => ({
    filter: [{ field, operator, values }],
  });
  const where = (selected: EventSelector['where']) => ({ event: { where: selected ?? {} } });

  test('project, platform, event and bots', () => {
    expect(fits({})).toBe(true);
    expect(fits({ projectId: 'other' })).toBe(false);
    expect(fits({ platform: 'mobile' })).toBe(false);
    expect(fits({ event: { event: 'page_view' } })).toBe(true);
    expect(fits({ event: { event: 'click' } })).toBe(false);
    const bot = { ...tailed('1'), isBot: true };
    expect(fits({}, bot)).toBe(false);
    expect(fits({ includeBots: true }, bot)).toBe(true);
  });

  test('a selector compares type and value of page, fields and properties', () => {
    const event = tailed('1', { properties: { n: '5', text: '"5"', browser: '"own"' } });
    expect(fits(where({ page: '/x' }), event)).toBe(true);
    expect(fits(where({ n: 5 }), event)).toBe(true);
    expect(fits(where({ n: '5' }), event)).toBe(false);
    expect(fits(where({ text: '5' }), event)).toBe(true);
    expect(fits(where({ browser: 'own' }), event)).toBe(true);
    expect(fits(where({ utm_source: ' News ' }), event)).toBe(true);
    expect(fits(where({ timestamp: '2026-01-01T01:00:00+01:00' }), event)).toBe(true);
    expect(fits(where({ user_id: '' }), event)).toBe(false);
  });

  test('a condition compares what is shown; missing values have their label', () => {
    const event = tailed('1', { properties: { n: '10', flag: 'true', nothing: 'null' } });
    expect(fits(on('browser', 'in', 'Safari', 'Firefox'), event)).toBe(true);
    expect(fits(on('os', 'equals', '(unknown)'), event)).toBe(true);
    expect(fits(on('plan', 'equals', '(none)'), event)).toBe(true);
    expect(fits(on('nothing', 'is_set'), event)).toBe(false);
    expect(fits(on('flag', 'not_equals', true), event)).toBe(false);
    expect(fits(on('n', 'greater_than', 9), event)).toBe(true);
    expect(fits(on('n', 'at_most', '2'), event)).toBe(true);
    expect(fits(on('host', 'starts_with', 'shop.'), event)).toBe(true);
    expect(fits(on('url', 'contains', 'example/y'), event)).toBe(false);
    expect(fits(on('user_id', 'is_not_set'), event)).toBe(true);
  });

  test('dimensions that only the warehouse knows, and wrong counts, are refused', () => {
    expect(() => fits(on('channel', 'equals', 'Direct'))).toThrow(
      expect.objectContaining({ code: 'INVALID_DIMENSION' }),
    );
    expect(() => fits(on('page', 'equals'))).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT' }),
    );
  });
});
