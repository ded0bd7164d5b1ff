import { expect } from 'expect';
import { computeFunnel } from '../../../src/funnel/compute-funnel.js';
import { computeEventRate } from '../../../src/metric/event-rate.js';
import { oracleFunnel } from '../funnel-oracle.js';
import { oracleEvents } from './oracle-event.js';
import { midnight } from './oracle-time.js';
import { type AnswerCheck, expectClose, type WorldCase } from './worlds.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Rate and minutes of the first twelve hours of the range. */
async function checkEventRate(it: WorldCase): Promise<void> {
  const from = midnight(it.question.from, it.question.timeZone);
  const to = from + DAY / 2;
  const answer = await computeEventRate(it.context, {
    ...it.asked,
    range: {
      kind: 'instants',
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    },
  });
  const minutes = new Array<number>((to - from) / MINUTE).fill(0);
  for (const { at } of it.oracle.counted) {
    const minute = Math.floor((at - from) / MINUTE);
    if (minute >= 0 && minute < minutes.length) minutes[minute] = (minutes[minute] ?? 0) + 1;
  }
  expect(answer.series.values).toEqual(minutes);
  expect(answer.peakPerMinute).toBe(Math.max(...minutes));
  expectClose(answer.perMinuteAverage, minutes.reduce((sum, n) => sum + n, 0) / minutes.length);
}

/** People who viewed a page, then clicked, then viewed another page, within a day. */
async function checkFunnel(it: WorldCase): Promise<unknown> {
  const { question } = it;
  const steps = [{ event: 'page_view' }, { event: 'click' }, { event: 'page_view' }];
  const answer = await computeFunnel(it.context, {
    projectId: it.asked.projectId,
    range: it.asked.range,
    timeZone: question.timeZone,
    steps,
    order: 'ordered',
    windowSeconds: DAY / 1000,
    per: 'user',
    exclusions: [],
    filter: [],
    includeBots: question.includeBots,
  });
  const after = new Date(Date.parse(question.to) + DAY).toISOString().slice(0, 10);
  const chains =
    oracleFunnel(
      {
        steps,
        order: 'ordered',
        window: DAY,
        exclusions: [],
        per: 'user',
        from: midnight(question.from, question.timeZone),
        to: midnight(after, question.timeZone),
        breakdown: null,
        onlyPlan: null,
        onlyEntryPage: null,
        includeBots: question.includeBots,
      },
      oracleEvents(it.events).map(({ id, name, at, device, user, sessionId, page, isBot }) => ({
        id,
        name,
        time: at,
        device,
        user,
        session: sessionId,
        page,
        plan: '',
        isBot,
      })),
    ).get('(none)') ?? [];
  expect(answer.result?.counts).toEqual(
    steps.map((_, index) => chains.filter(({ depth }) => depth > index).length),
  );
  return answer.result;
}

/** Rates by the minute and funnels: what an answer must be by the oracle. */
export const RATE_CHECKS: readonly AnswerCheck[] = [
  { name: 'event rate, its minutes and its peak', metrics: ['event_rate'], check: checkEventRate },
  { name: 'a funnel of people', metrics: ['funnel'], check: checkFunnel },
];
