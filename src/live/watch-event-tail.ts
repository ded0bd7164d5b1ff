import type { Logger } from 'pino';
import { AppError, messageOf } from '../errors.js';
import type { EventLog, LogRecord } from '../event-log/event-log.js';
import type { Condition, JsonValue, TimelineEvent } from '../metric/metric-query.js';
import type { LiveEvents, LiveQuestion } from './live-query.js';
import { createSharedSources } from './shared-source.js';
import { pause } from './notices.js';

/** Batches that wait for a slow reader before the oldest are dropped. */
const BUFFER_BATCHES = 64;
/** Events of one batch. */
const BATCH_EVENTS = 200;
const RETRY_MS = 1_000;

/** A record of the log as the tail shows it. */
export interface TailedEvent {
  readonly projectId: string;
  readonly isBot: boolean;
  readonly event: TimelineEvent;
}

/** Fields that conditions of a tail may name, besides properties. */
const FIELDS: Readonly<Record<string, (event: TimelineEvent) => string>> = {
  event_id: (event) => event.eventId,
  event_name: (event) => event.eventName,
  platform: (event) => event.platform,
  anonymous_id: (event) => event.anonymousId,
  user_id: (event) => event.userId,
  session_id: (event) => event.sessionId,
  page: (event) => (event.page === '' ? event.screen : event.page),
  screen: (event) => event.screen,
  url: (event) => event.url,
  referrer: (event) => event.referrer,
  device_type: (event) => event.deviceType,
  browser: (event) => event.browser,
  os: (event) => event.os,
  country: (event) => event.country,
};

/** What only the warehouse can tell. */
const NOT_IN_TAIL: ReadonlySet<string> = new Set([
  'channel',
  'source',
  'medium',
  'entry_page',
  'exit_page',
]);

export interface WatchEventTailOptions {
  readonly eventLog: Pick<EventLog, 'tail'>;
  /** Topics whose records are events. */
  readonly topics: readonly string[];
  /** Reads a record; null when it holds no event that would be accepted. */
  readonly read: (record: LogRecord) => TailedEvent | null;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * Subscriptions to events as the log takes them, before they are stored: copies of an event that was
 * sent twice appear twice. The process reads the log once for all watchers; a slow reader loses the
 * oldest events and is told how many.
 */
export function createWatchEventTail(options: WatchEventTailOptions) {
  const sources = createSharedSources<readonly TailedEvent[]>({
    isState: false,
    bufferLength: BUFFER_BATCHES,
  });

  async function produce(
    emit: (batch: readonly TailedEvent[]) => void,
    stop: AbortSignal,
  ): Promise<void> {
    while (!stop.aborted) {
      try {
        const records = await options.eventLog.tail({ topics: options.topics, signal: stop });
        for await (const record of records) {
          const tailed = options.read(record);
          if (tailed !== null) emit([tailed]);
        }
      } catch (error) {
        if (stop.aborted) return;
        options.log.warn({ reason: messageOf(error) }, 'the tail of the event log is interrupted');
        await pause(RETRY_MS, stop);
      }
    }
  }

  return async function* watch(
    question: LiveQuestion,
    signal: AbortSignal,
  ): AsyncGenerator<LiveEvents> {
    const matches = matcherOf(question);
    // One buffer per reader, filled whether it reads or not, so that it can say what it lost.
    const waiting: TimelineEvent[] = [];
    let dropped = 0;
    const bell: { ring: (() => void) | null } = { ring: null };
    let failure: { readonly error: unknown } | null = null;
    const stop = new AbortController();
    const end = (): void => {
      stop.abort();
      bell.ring?.();
    };
    signal.addEventListener('abort', end);
    const pump = (async () => {
      for await (const batch of sources.watch('tail', produce, stop.signal)) {
        for (const tailed of batch) {
          if (!matches(tailed)) continue;
          waiting.push(tailed.event);
          if (waiting.length > BATCH_EVENTS * BUFFER_BATCHES) {
            waiting.shift();
            dropped += 1;
          }
        }
        bell.ring?.();
      }
    })().catch((error: unknown) => {
      failure = { error };
      bell.ring?.();
    });
    try {
      while (!signal.aborted) {
        if (waiting.length === 0) {
          const failed = failure as { readonly error: unknown } | null;
          if (failed !== null) throw failed.error;
          await new Promise<void>((resolve) => {
            bell.ring = resolve;
          });
          bell.ring = null;
          continue;
        }
        const lost = dropped;
        dropped = 0;
        yield { events: waiting.splice(0, BATCH_EVENTS), dropped: lost };
      }
    } finally {
      signal.removeEventListener('abort', end);
      stop.abort();
      await pump;
    }
  };
}

/** A test for the events of a question. @throws AppError `INVALID_DIMENSION` naming what is allowed. */
export function matcherOf(question: LiveQuestion): (tailed: TailedEvent) => boolean {
  const { projectId, platform, event: selector, includeBots } = question;
  const conditions: readonly Condition[] = [
    ...question.filter,
    ...Object.entries(selector?.where ?? {}).map(
      ([field, value]): Condition => ({ field, operator: 'equals', values: [value] }),
    ),
  ];
  const tests = conditions.map(testOf);
  return ({ projectId: project, isBot, event }) =>
    project === projectId &&
    (includeBots || !isBot) &&
    (platform === undefined || event.platform === platform) &&
    (selector?.event === undefined || event.eventName === selector.event) &&
    tests.every((test) => test(event));
}

function testOf({ field, operator, values }: Condition): (event: TimelineEvent) => boolean {
  if (NOT_IN_TAIL.has(field)) {
    throw new AppError(
      'INVALID_DIMENSION',
      `filter: '${field}' is known once an event is stored; a tail can test ${Object.keys(FIELDS).join(', ')} and properties`,
      { details: { field: 'filter', allowed: Object.keys(FIELDS) } },
    );
  }
  const column = FIELDS[field];
  /** JSON text of the value, null when missing: a column is text, a property has its own type. */
  const textOf = (event: TimelineEvent): string | null => {
    if (column === undefined) return event.properties[field] ?? null;
    const value = column(event);
    return value === '' ? null : JSON.stringify(value);
  };
  const wanted = values.map((value) => JSON.stringify(value));
  const equals = (text: string | null): boolean => text !== null && wanted.includes(text);
  const first = values[0];
  const compare = (text: string | null, holds: (order: number) => boolean): boolean => {
    if (text === null || first === undefined) return false;
    const value = JSON.parse(text) as JsonValue;
    if (typeof value !== typeof first || (typeof value !== 'number' && typeof value !== 'string'))
      return false;
    return holds(value < (first as typeof value) ? -1 : value > (first as typeof value) ? 1 : 0);
  };
  const contains = (text: string | null, at: (value: string, part: string) => boolean): boolean => {
    if (text === null || typeof first !== 'string') return false;
    const value = JSON.parse(text) as JsonValue;
    return typeof value === 'string' && at(value, first);
  };
  switch (operator) {
    case 'equals':
    case 'in':
      return (event) => equals(textOf(event));
    case 'not_equals':
    case 'not_in':
      return (event) => !equals(textOf(event));
    case 'contains':
      return (event) => contains(textOf(event), (value, part) => value.includes(part));
    case 'starts_with':
      return (event) => contains(textOf(event), (value, part) => value.startsWith(part));
    case 'greater_than':
      return (event) => compare(textOf(event), (order) => order > 0);
    case 'at_least':
      return (event) => compare(textOf(event), (order) => order >= 0);
    case 'less_than':
      return (event) => compare(textOf(event), (order) => order < 0);
    case 'at_most':
      return (event) => compare(textOf(event), (order) => order <= 0);
    case 'is_set':
      return (event) => textOf(event) !== null;
    case 'is_not_set':
      return (event) => textOf(event) === null;
  }
}
