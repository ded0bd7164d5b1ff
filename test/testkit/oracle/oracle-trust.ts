import type { EventJson } from '../seed-events.js';
import { type OracleEvent, oracleEvents, receiptOf } from './oracle-event.js';
import { distinct, type OracleQuestion, oracleWorld, percentile } from './oracle-metrics.js';
import { share } from './oracle-performance.js';
import { holds } from './oracle-rules.js';
import { localDates } from './oracle-time.js';

/** METRICS-SPEC §13, event by event: bots, data quality and latency. */

const DAY = 86_400_000;

/** Bots among the web events of the range. */
export function oracleBotTraffic(events: readonly EventJson[], question: OracleQuestion) {
  const { counted, personOf } = oracleWorld(events, { ...question, includeBots: true });
  const web = counted.filter(
    ({ platform }) => platform === 'web' || !holds('bot traffic is of the web'),
  );
  const bots = web.filter(({ isBot }) => isBot);
  return {
    events: web.length,
    botEvents: bots.length,
    botPercent: share(bots.length, web.length),
    humanUsers: distinct(
      web.filter(({ isBot }) => !isBot),
      personOf,
    ),
  };
}

/** All that reached a project. */
export interface OracleReceived {
  readonly events: readonly EventJson[];
  /** When refused input was received, ISO 8601. */
  readonly refused: readonly string[];
}

/** Parts of the score, of what was received on the dates. */
export function oracleQuality(
  { events, refused }: OracleReceived,
  { from, to, timeZone }: Pick<OracleQuestion, 'from' | 'to' | 'timeZone'>,
) {
  const dateOf = localDates(timeZone);
  const isIn = (at: number): boolean => dateOf(at) >= from && dateOf(at) <= to;
  const all = oracleEvents(events);
  const day = (event: OracleEvent): number =>
    holds('quality goes by the day of receipt') ? event.receivedAt : event.at;
  const unique = all.filter((event) => isIn(day(event)));
  const copies = events.filter((event) => isIn(receiptOf(event))).length;
  const letters = holds('quality counts refused input')
    ? refused.filter((at) => isIn(Date.parse(at))).length
    : 0;
  const complete = unique.filter(({ platform, url, agent, version }) =>
    platform === 'mobile'
      ? version !== '' || !holds('quality asks mobile events for a version')
      : (url !== '' && agent !== '') || !holds('quality asks web events for url and agent'),
  );
  const late = holds('quality counts late events')
    ? unique.filter(({ receivedAt, at }) => receivedAt - at > DAY).length
    : 0;
  const valid = holds('quality counts copies') ? Math.max(copies, unique.length) : unique.length;
  const received = valid + letters;
  const duplicates = valid - unique.length;
  const part = (some: number, whole: number): number => (whole === 0 ? 0 : some / whole);
  return {
    received,
    refused: letters,
    duplicates,
    unique: unique.length,
    complete: complete.length,
    late,
    score:
      received === 0
        ? null
        : 40 * part(valid, received) +
          25 * part(complete.length, unique.length) +
          15 * (1 - part(duplicates, received)) +
          (unique.length === 0 ? 0 : 20 * (1 - late / unique.length)),
  };
}

/**
 * Latencies of what became queryable on the dates.
 *
 * @param usual When events that say nothing became queryable, ms since 1970.
 */
export function oracleLatency(
  events: readonly EventJson[],
  { from, to, timeZone }: Pick<OracleQuestion, 'from' | 'to' | 'timeZone'>,
  usual: number,
) {
  const dateOf = localDates(timeZone);
  const queryable = (event: OracleEvent): number => event.queryableAt ?? usual;
  const own = oracleEvents(events).filter((event) => {
    const date = dateOf(holds('latency goes by the queryable time') ? queryable(event) : event.at);
    return date >= from && date <= to;
  });
  const figures = (since: (event: OracleEvent) => number) => {
    const least = holds('latency is never below zero') ? 0 : Number.NEGATIVE_INFINITY;
    const values = own.map((event) => Math.max(queryable(event) - since(event), least));
    return {
      p50: percentile(values, 0.5),
      p95: percentile(values, 0.95),
      p99: percentile(values, 0.99),
    };
  };
  return {
    events: own.length,
    processingMs: figures(({ receivedAt }) => receivedAt),
    endToEndMs: figures(({ at }) => at),
  };
}
