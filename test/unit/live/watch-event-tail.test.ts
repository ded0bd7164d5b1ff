import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../../src/errors.js';
import type { LogRecord } from '../../../src/event-log/event-log.js';
import type { LiveQuestion } from '../../../src/live/live-query.js';
import { tailFilter } from '../../../src/live/tail-filter.js';
import type { TailedEvent } from '../../../src/live/tailed-event.js';
import { createWatchEventTail } from '../../../src/live/watch-event-tail.js';
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

/** A log in memory that can be tailed, and that can fail. */
function openLog() {
  const queues = new Set<{ records: LogRecord[]; wake: () => void; failure: Error | null }>();
  let tails = 0;
  return {
    tails: () => tails,
    open: () => queues.size,
    append(...events: readonly TailedEvent[]) {
      for (const queue of queues) {
        for (const event of events) {
          queue.records.push({
            topic: 'web',
            partition: 0,
            offset: 0n,
            appendedAt: 0,
            key: null,
            value: Buffer.from(JSON.stringify(event)),
            headers: {},
          });
        }
        queue.wake();
      }
    },
    fail(error: Error) {
      for (const queue of queues) {
        queue.failure = error;
        queue.wake();
      }
    },
    async tail({ signal }: { readonly signal: AbortSignal }) {
      tails += 1;
      const queue = {
        records: [] as LogRecord[],
        wake: (): void => undefined,
        failure: null as Error | null,
      };
      queues.add(queue);
      signal.addEventListener('abort', () => queue.wake());
      async function* records(): AsyncGenerator<LogRecord> {
        try {
          while (!signal.aborted) {
            if (queue.failure !== null) throw queue.failure;
            const record = queue.records.shift();
            if (record !== undefined) yield record;
            else {
              await new Promise<void>((resolve) => {
                queue.wake = resolve;
              });
            }
          }
        } finally {
          queues.delete(queue);
        }
      }
      return records();
    },
  };
}

function openTail() {
  const log = openLog();
  const warnings: unknown[] = [];
  const watch = createWatchEventTail({
    eventLog: log,
    topics: ['web'],
    read: (record) => JSON.parse(record.value.toString()) as TailedEvent,
    log: { warn: (...entry: unknown[]) => void warnings.push(entry) } as never,
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
  });
  return { log, warnings, watch };
}

const idsOf = (batch: { readonly events: readonly { readonly eventId: string }[] }) =>
  batch.events.map(({ eventId }) => eventId);

describe('the tail of events', () => {
  test('one tail serves all watchers, from the first to the last', async () => {
    const { log, watch } = openTail();
    const leaves = [new AbortController(), new AbortController()];
    const readers = leaves.map(({ signal }) => watch(QUESTION, signal)[Symbol.asyncIterator]());
    expect(log.tails()).toBe(0);
    const nexts = readers.map((reader) => reader.next());
    await eventually('the tail', () => log.open() === 1);
    log.append(tailed('1'));
    for (const { value } of await Promise.all(nexts)) {
      expect(value).toMatchObject({ dropped: 0, isDeduplicated: false });
      expect(value?.events[0]).toMatchObject({
        eventId: '1',
        receivedAt: '2026-01-01T00:00:01.000Z',
      });
    }
    expect(log.tails()).toBe(1);
    leaves[0]?.abort();
    expect(log.open()).toBe(1);
    leaves[1]?.abort();
    await eventually('the end of the tail', () => log.open() === 0);
    expect(await readers[1]?.next()).toEqual({ value: undefined, done: true });
  });

  test('a slow reader loses the oldest and is told how many; a quick one loses none', async () => {
    const { log, watch } = openTail();
    const leave = new AbortController();
    const slow = watch({ ...QUESTION, bufferSize: 3 }, leave.signal)[Symbol.asyncIterator]();
    const first = slow.next();
    await eventually('the tail', () => log.open() === 1);
    log.append(tailed('0'));
    await first;
    const seen: string[] = [];
    const quick = (async () => {
      for await (const batch of watch(QUESTION, leave.signal)) seen.push(...idsOf(batch));
    })();
    log.append(...['1', '2', '3', '4', '5'].map((id) => tailed(id)));
    await eventually('the quick reader', () => seen.length === 5);
    const late = await slow.next();
    expect(late.value).toMatchObject({ dropped: 2 });
    expect(idsOf(late.value ?? { events: [] })).toEqual(['3', '4', '5']);
    const after = slow.next();
    log.append(tailed('6'));
    expect((await after).value).toMatchObject({ dropped: 0 });
    leave.abort();
    await quick;
  });

  test('goes on after the log has failed', async () => {
    const { log, watch, warnings } = openTail();
    const leave = new AbortController();
    const reader = watch(QUESTION, leave.signal)[Symbol.asyncIterator]();
    const next = reader.next();
    await eventually('the tail', () => log.open() === 1);
    log.fail(new AppError('EVENT_LOG_UNAVAILABLE', 'away', { isRetryable: true }));
    await eventually('another tail', () => log.tails() === 2 && log.open() === 1);
    log.append(tailed('1'));
    expect(idsOf((await next).value ?? { events: [] })).toEqual(['1']);
    expect(warnings).toHaveLength(1);
    leave.abort();
  });

  test('leaving the loop is leaving the tail', async () => {
    const { log, watch } = openTail();
    const reading = (async () => {
      for await (const batch of watch(QUESTION, new AbortController().signal)) return idsOf(batch);
      return [];
    })();
    await eventually('the tail', () => log.open() === 1);
    log.append(tailed('1'));
    expect(await reading).toEqual(['1']);
    await eventually('the end of the tail', () => log.open() === 0);
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
