import { askedRetentions, BRACKETS, fitsOf, GOAL, GRIDS, isUse, periodOfGrain } from './asked.js';
import {
  oracleForms,
  oracleHeatmap,
  oracleRageClicks,
  oracleScrollDepth,
  oracleVideoPlays,
} from './oracle-behaviour.js';
import { oracleChannel, oracleSource } from './oracle-channel.js';
import { type OracleEvent, oracleEvents } from './oracle-event.js';
import { oracleCrawlHits, oracleLanding } from './oracle-landing.js';
import {
  dimensionValue,
  distinct,
  type OracleWorld,
  oraclePageViews,
  oracleSeries,
  oracleSessionFacts,
  oracleUniquePageViews,
  oracleWorld,
  ranked,
} from './oracle-metrics.js';
import {
  oracleActive,
  oracleConversion,
  oracleEngagement,
  oracleEntryExit,
  oracleNewReturning,
  oracleRevenue,
} from './oracle-people.js';
import {
  oracleAppPerformance,
  oracleCrashFree,
  oracleCrashGroups,
  oracleWebVitals,
  pageLabel,
} from './oracle-performance.js';
import { oracleAdoption, oracleLifecycle, oracleRetention } from './oracle-retention.js';
import { ORACLE_RULES, type OracleRule, withoutRule } from './oracle-rules.js';
import { entryEvent, isEngaged } from './oracle-session.js';
import { oracleBotTraffic, oracleLatency, oracleQuality } from './oracle-trust.js';
import type { RandomWorld } from './random-world.js';

/** An answer of the oracle to what the checks ask of a world. */
type Answer = (world: RandomWorld) => unknown;

const of =
  (answer: (its: OracleWorld, world: RandomWorld) => unknown): Answer =>
  (world) =>
    answer(oracleWorld(world.events, world.question), world);

const HAPPENED = (event: OracleEvent): number => event.at;
const COUNT = (group: readonly unknown[]): number => group.length;

const volume = of((its, { grain }) => [
  its.counted.length,
  oracleSeries(its, grain, its.counted, HAPPENED, COUNT),
]);
/** The list of the events that count. */
const listed = of((its) => its.counted.map(({ id, name, at }) => [id, name, at]));
const dates = of((its) => [
  its.counted.length,
  oracleSeries(its, 'day', its.counted, HAPPENED, COUNT),
]);
const weeks = of((its) => oracleSeries(its, 'week', its.counted, HAPPENED, COUNT));
const months = of((its) => oracleSeries(its, 'month', its.counted, HAPPENED, COUNT));
const hours = of((its) => oracleSeries(its, 'hour', its.counted, HAPPENED, COUNT));
const users = of((its) => distinct(its.counted, its.personOf));
const labels = of((its, { breakdown, question }) => {
  const label = (event: OracleEvent): string =>
    dimensionValue(event, undefined, breakdown, question.linkedDomains);
  return ranked(its.counted, label, (group) => distinct(group, its.personOf));
});
const pageViews = of((its) => [
  oracleUniquePageViews(its),
  ranked(oraclePageViews(its), pageLabel, COUNT),
]);
const pages = of((its) => ranked(its.counted, pageLabel, COUNT));
const sessions = of((its, { grain }) => {
  const { users: people, views, average, median, p90 } = oracleSessionFacts(its);
  const series = oracleSeries(its, grain, its.started, ({ start }) => start, COUNT);
  return [its.started.length, people, views, average, median, p90, series];
});
const bounces = of((its) => {
  const { eligible, bounced } = oracleSessionFacts(its);
  return [eligible.length, bounced.length, its.started.filter(isEngaged).length];
});
const entryExit = of(oracleEntryExit);
const ends = of((its) => [
  oracleEntryExit(its),
  its.started.map((session) => entryEvent(session).id).sort(),
]);
const engagement = of((its) => {
  const { perSession, perPage } = oracleEngagement(its);
  return [perSession, [...perPage]];
});
const revenue = of((its) => {
  const { net, ...rest } = oracleRevenue(its, fitsOf(its, false));
  return [[...net], rest];
});
const conversion: Answer = ({ events, question }) => oracleConversion(events, question, GOAL);
const newReturning = of(oracleNewReturning);
const active = of((its) => oracleActive(its, fitsOf(its)));
/** Channel and source of every event, as a list of them tells. */
const channels: Answer = ({ events, question: { linkedDomains } }) =>
  oracleEvents(events).map((event) => [
    oracleChannel(event, linkedDomains),
    oracleSource(event, linkedDomains),
  ]);
const sessionChannels = of(({ started, question: { linkedDomains } }) =>
  started.map((session) => oracleChannel(entryEvent(session), linkedDomains)).sort(),
);
const retention = of((its, world) => {
  const fits = fitsOf(its, false);
  return askedRetentions(world).map(({ start, back, ...each }) =>
    oracleRetention(its, {
      ...each,
      period: periodOfGrain(world.grain),
      brackets: BRACKETS,
      starts: (event) => fits(event) && (start === undefined || event.name === start),
      returns: (event) => fits(event) && (back === undefined || event.name === back),
    }),
  );
});
const lifecycle = of((its, { grain }) => oracleLifecycle(its, periodOfGrain(grain), fitsOf(its)));
const adoption = of((its, world) => {
  const { active: _, used, ...figures } = oracleAdoption(its, fitsOf(its, false), isUse(world));
  return [used.length, figures];
});
const crashFree = of(oracleCrashFree);
const crashGroups = of(oracleCrashGroups);
const appPerformance = of(oracleAppPerformance);
const webVitals = of((its) => [oracleWebVitals(its), oracleWebVitals(its, '/a')]);
const heatmap = of((its) => GRIDS.map((grid) => oracleHeatmap(its, grid)));
const rageClicks = of(oracleRageClicks);
const scrollDepth = of(oracleScrollDepth);
const forms = of((its) => [oracleForms(its), oracleForms(its, 'f1')]);
const videoPlays = of(oracleVideoPlays);
const botTraffic: Answer = ({ events, question }) => oracleBotTraffic(events, question);
const quality: Answer = (world) => oracleQuality(world, world.question);
const latency: Answer = ({ events, question }) => [
  oracleLatency(events, question, Date.UTC(2026, 0, 1)),
  oracleLatency(
    events,
    { ...question, from: '2000-01-01', to: '2049-12-31' },
    Date.UTC(2026, 0, 1),
  ),
];
const landing = of((its) => [
  oracleLanding(its, 'Organic Search', GOAL),
  oracleLanding(its, 'AI Assistants', GOAL),
]);
const crawlHits: Answer = ({ events, question }) => oracleCrawlHits(events, question);

/** The answer that tells whether a rule decided. */
const DECIDED: Readonly<Record<OracleRule, Answer>> = {
  'one event id counts once': volume,
  'the copy received first counts': listed,
  'a time 23 hours ahead of receipt is replaced': dates,
  'a smaller skew is kept': hours,
  'late events count': volume,
  'days are local': dates,
  'hours are real': hours,
  'weeks begin on Monday': weeks,
  'months are those of the calendar': months,
  'the last date of a range is in it': volume,
  'events of one moment follow their ids': ends,
  'percentiles interpolate': sessions,
  'a user id names the person': users,
  'a device stands for its account': users,
  'the first account of a device stays': users,
  'a link holds for earlier events': users,
  'user and device ids are apart': users,
  'bots are left out': volume,
  'no agent is no bot': volume,
  'mobile agents are not judged': volume,
  'device names are no bots': volume,
  'missing values have labels': labels,
  'values are case-sensitive': labels,
  'values are in normal form C': pages,
  'a page has no query': pages,
  'a page is decoded': pages,
  'a page ends without white space': pages,
  'an empty path is a slash': pages,
  'screens are pages': pages,
  'tags are lower case': channels,
  'tags come from the URL too': channels,
  'the field of a tag comes first': channels,
  'screens are counted apart from page views': pageViews,
  'a page counts once per session': pageViews,
  'a week is seven days': active,
  'a month is thirty days': active,
  'new users are new of all history': newReturning,
  'a client id is the session': sessions,
  'a client id holds for all devices': sessions,
  'the two kinds of sessions do not mix': sessions,
  'a pause begins a session': sessions,
  'a pause of exactly the timeout does not': sessions,
  'a day begins a session': sessions,
  'a day exactly does not': sessions,
  'a cold start begins a session': sessions,
  'a start without a type is cold': sessions,
  'a warm start begins none': sessions,
  'midnight begins none': sessions,
  'a login begins none': sessions,
  'two devices are two sessions': sessions,
  'a session belongs to its first day': sessions,
  'a session keeps events after the range': sessions,
  'a session is of the person of its first event': sessions,
  'single events are sessions of no length': sessions,
  'ten seconds are engaged': bounces,
  'exactly ten seconds are engaged': bounces,
  'two views are engaged': bounces,
  'an interaction is engaged': bounces,
  'passive events are no interactions': bounces,
  'non_interaction is no interaction': bounces,
  'only sessions with a view bounce': bounces,
  'sessions without engagement count': engagement,
  'the entry page is a page view': entryExit,
  'the exit page is the last one': entryExit,
  'a goal converts a person once': conversion,
  'an order counts once': revenue,
  'the first purchase of an order counts': revenue,
  'an order counts in all history': revenue,
  'purchases without an order all count': revenue,
  'refunds of one order all count': revenue,
  'a refund is taken off whatever its sign': revenue,
  'money needs a currency': revenue,
  'several currencies have no total': revenue,
  'the entry event is a view or a start': sessionChannels,
  'a referrer of the own host is none': channels,
  'a referrer of a related host is none': channels,
  'a referrer of a linked domain is none': channels,
  'www is no part of a host': channels,
  'a click id names a source': channels,
  'fbclid is not paid': channels,
  'a prefix is no part of a source': channels,
  'a source matches as a whole': channels,
  'mail comes before search': channels,
  'channel Cross-network': channels,
  'channel Paid Shopping': channels,
  'channel Paid Search': channels,
  'a click id of the engine is paid search': channels,
  'channel Paid Social': channels,
  'channel Paid Video': channels,
  'channel Display': channels,
  'channel Paid Other': channels,
  'channel Organic Shopping': channels,
  'a shop is a word of the campaign': channels,
  'channel Organic Social': channels,
  'channel Organic Video': channels,
  'channel AI Assistants': channels,
  'channel Organic Search': channels,
  'channel Email': channels,
  'channel Affiliates': channels,
  'channel Audio': channels,
  'channel SMS': channels,
  'channel Mobile Push': channels,
  'channel Referral': channels,
  'channel Unassigned': channels,
  'a cohort is of the first start': retention,
  'column 0 is the size': retention,
  'rolling counts any later bucket': retention,
  'a bracket counts once': retention,
  'a bucket to come is null': retention,
  'a running bucket is incomplete': retention,
  'a rate leaves out what is incomplete': retention,
  'returns count behind the range': retention,
  'a first start may lie before the range': retention,
  'lifecycle knows all history': lifecycle,
  'a first use may lie before the range': adoption,
  'only sessions with a mobile event can crash': crashFree,
  'the version is the first that is told': crashFree,
  'only app_crash is a crash': crashFree,
  'a late crash counts in its session': crashFree,
  'a person with a crashed session is not free': crashFree,
  'not responding is of persons': crashFree,
  'a crash without a fingerprint has its exception': crashGroups,
  'a start of more than a minute is left out': appPerformance,
  'a start below zero is left out': appPerformance,
  'a start time without a type is cold': appPerformance,
  'a request without a status failed': appPerformance,
  'a status of 400 failed': appPerformance,
  'the last value of a vital counts': webVitals,
  'a vital without an id stands alone': webVitals,
  'a vital at the threshold is good': webVitals,
  'a vital at the second threshold needs improvement': webVitals,
  'clicks at the edge are in the last column': heatmap,
  'clicks above the page are in the first row': heatmap,
  'clicks without coordinates are dropped': heatmap,
  'three clicks are a rage click': rageClicks,
  'a second is near enough': rageClicks,
  'thirty pixels are too far': rageClicks,
  'a burst counts once': rageClicks,
  'a burst is on one page': rageClicks,
  'clicks without coordinates are ignored': rageClicks,
  'the deepest scroll of a visit counts': scrollDepth,
  'a scroll is held to 0 and 100': scrollDepth,
  'scroll depth is per page': scrollDepth,
  'any form event is a view': forms,
  'a submit is a start': forms,
  'a form is submitted once per session': forms,
  'a form is timed from its first field': forms,
  'the last field drops off': forms,
  'only starters drop off': forms,
  'a play counts on viewed pages': videoPlays,
  'bot traffic is of the web': botTraffic,
  'quality counts copies': quality,
  'quality counts refused input': quality,
  'quality asks web events for url and agent': quality,
  'quality asks mobile events for a version': quality,
  'quality counts late events': quality,
  'quality goes by the day of receipt': quality,
  'latency is never below zero': latency,
  'latency goes by the queryable time': latency,
  'landing is organic search': landing,
  'landing needs an entry page': landing,
  'crawl hits are of search engines': crawlHits,
};

/** Share of the worlds, 0–1, in which each rule decided: leaving it out makes another answer. */
export function ruleShares(worlds: readonly RandomWorld[]): ReadonlyMap<OracleRule, number> {
  const decided = new Map<OracleRule, number>(ORACLE_RULES.map((rule) => [rule, 0]));
  for (const world of worlds) {
    const whole = new Map<Answer, string>();
    for (const rule of ORACLE_RULES) {
      const answer = DECIDED[rule];
      const wanted = whole.get(answer) ?? JSON.stringify(answer(world));
      whole.set(answer, wanted);
      if (withoutRule(rule, () => JSON.stringify(answer(world))) !== wanted) {
        decided.set(rule, (decided.get(rule) ?? 0) + 1);
      }
    }
  }
  return new Map([...decided].map(([rule, count]) => [rule, count / worlds.length]));
}
