import { computeFormAnalytics } from '../../../src/metric/form-analytics.js';
import { computeHeatmap } from '../../../src/metric/heatmap.js';
import { computeRageClicks } from '../../../src/metric/rage-clicks.js';
import { computeScrollDepth } from '../../../src/metric/scroll-depth.js';
import { computeSeoLanding } from '../../../src/metric/seo-landing.js';
import { computeVideoPlays } from '../../../src/metric/video-plays.js';
import { GOAL, GRIDS } from './asked.js';
import {
  oracleForms,
  oracleHeatmap,
  oracleRageClicks,
  oracleScrollDepth,
  oracleVideoPlays,
} from './oracle-behaviour.js';
import { oracleCrawlHits, oracleLanding } from './oracle-landing.js';
import { type AnswerCheck, expectAlike, type WorldCase } from './worlds.js';

/** Every row of a list. */
const ALL_ROWS = { dimension: '', limit: 1_000 };

async function checkHeatmap(it: WorldCase): Promise<void> {
  for (const grid of GRIDS) {
    const answer = await computeHeatmap(it.context, { ...it.asked, ...grid });
    expectAlike(answer, oracleHeatmap(it.oracle, grid));
  }
}

async function checkRageClicks(it: WorldCase): Promise<void> {
  const answer = await computeRageClicks(it.context, { ...it.asked, breakdown: ALL_ROWS });
  expectAlike(answer, oracleRageClicks(it.oracle));
}

async function checkScrollDepth(it: WorldCase): Promise<void> {
  const answer = await computeScrollDepth(it.context, { ...it.asked, breakdown: ALL_ROWS });
  expectAlike(answer, oracleScrollDepth(it.oracle));
}

async function checkForms(it: WorldCase): Promise<void> {
  for (const formId of [undefined, 'f1']) {
    const one = formId === undefined ? {} : { formId };
    const question = { ...it.asked, ...one, breakdown: ALL_ROWS };
    expectAlike(await computeFormAnalytics(it.context, question), oracleForms(it.oracle, formId));
  }
}

async function checkVideoPlays(it: WorldCase): Promise<void> {
  const answer = await computeVideoPlays(it.context, { ...it.asked, breakdown: ALL_ROWS });
  expectAlike(answer, oracleVideoPlays(it.oracle));
}

async function checkSeoLanding(it: WorldCase): Promise<void> {
  const answer = await computeSeoLanding(it.context, {
    ...it.asked,
    breakdown: ALL_ROWS,
    goal: { event: GOAL },
    withRevenue: true,
  });
  for (const [landing, channel] of [
    [answer.organic, 'Organic Search'],
    [answer.aiAssistants, 'AI Assistants'],
  ] as const) {
    const { revenue, entered, ...wanted } = oracleLanding(it.oracle, channel, GOAL);
    expectAlike(landing, wanted);
    expectAlike(answer.sessionsWithEntryPage, entered);
    expectAlike(landing.revenue, {
      pages: revenue.map(({ page }) => page),
      currencies: revenue.map(({ currency }) => currency),
    });
    expectAlike(
      landing.revenue?.netSums.map((sum) => Math.round(Number(sum) * 10_000)),
      revenue.map(({ net }) => net),
    );
  }
  expectAlike(answer.crawlHits, oracleCrawlHits(it.events, it.question));
}

/** What people do on pages, and how they land on them: what an answer must be by the oracle. */
export const BEHAVIOUR_CHECKS: readonly AnswerCheck[] = [
  { name: 'heatmaps of two pages', metrics: ['heatmap'], check: checkHeatmap },
  { name: 'rage clicks by page', metrics: ['rage_clicks'], check: checkRageClicks },
  { name: 'scroll depth by page', metrics: ['scroll_depth'], check: checkScrollDepth },
  { name: 'forms, all and one', metrics: ['form_analytics'], check: checkForms },
  { name: 'video plays by page', metrics: ['video_plays'], check: checkVideoPlays },
  {
    name: 'landing pages with their money, and crawl hits',
    metrics: ['seo_landing'],
    check: checkSeoLanding,
  },
];
