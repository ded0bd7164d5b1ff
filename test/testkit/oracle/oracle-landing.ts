import type { EventJson } from '../seed-events.js';
import { oracleChannel } from './oracle-channel.js';
import { type OracleWorld, oracleWorld, ranked } from './oracle-metrics.js';
import { oracleMoney } from './oracle-people.js';
import { pageLabel, share } from './oracle-performance.js';
import { holds } from './oracle-rules.js';
import { entryEvent, isEngaged, type OracleSession, pagesOf } from './oracle-session.js';

/** METRICS-SPEC §14: landing pages of organic search and of assistants, and hits of crawlers. */

/** @param goal Name of the goal's event. */
export function oracleLanding(world: OracleWorld, channel: string, goal: string) {
  const { linkedDomains } = world.question;
  const entered = world.started.filter(
    (session) => pagesOf(session).length > 0 || !holds('landing needs an entry page'),
  );
  const landed = entered.filter(
    (session) =>
      oracleChannel(entryEvent(session), linkedDomains) === channel ||
      !holds('landing is organic search'),
  );
  const pageOf = (session: OracleSession): string => pagesOf(session)[0] || '(none)';
  const { values, counts } = ranked(landed, pageOf, (group) => group.length);
  const own = values.map((page) => landed.filter((session) => pageOf(session) === page));
  const rates = (is: (session: OracleSession) => boolean): readonly (number | null)[] =>
    own.map((some) => share(some.filter(is).length, some.length));
  const money = oracleMoney(world);
  const sums = new Map<string, { page: string; currency: string; net: number }>();
  for (const session of landed) {
    for (const event of session.events) {
      const paid = money.get(event);
      if (paid === undefined) continue;
      const page = pageOf(session);
      const key = JSON.stringify([page, paid.currency]);
      const sum = sums.get(key) ?? { page, currency: paid.currency, net: 0 };
      sum.net += paid.amount;
      sums.set(key, sum);
    }
  }
  const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return {
    sessions: landed.length,
    sharePercent: share(landed.length, entered.length),
    pages: values,
    pageSessions: counts,
    bounceRatePercents: rates((session) => !isEngaged(session)),
    engagementRatePercents: rates(isEngaged),
    sessionConversionPercents: rates(({ events }) => events.some(({ name }) => name === goal)),
    /** Net sums in ten-thousandths. */
    revenue: [...sums.values()].sort(
      (a, b) => bytewise(a.page, b.page) || bytewise(a.currency, b.currency),
    ),
    entered: entered.length,
  };
}

/** Page views of search-engine bots by page. */
export function oracleCrawlHits(events: readonly EventJson[], question: OracleWorld['question']) {
  const { counted } = oracleWorld(events, { ...question, includeBots: true });
  const hits = counted.filter(
    (event) =>
      event.name === 'page_view' &&
      event.isBot &&
      (event.isSearchEngine || !holds('crawl hits are of search engines')),
  );
  return ranked(hits, pageLabel, (group) => group.length);
}
