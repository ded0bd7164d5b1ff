import { expect } from 'expect';
import { computeAppPerformance } from '../../../src/metric/app-performance.js';
import { computeCrashFree } from '../../../src/metric/crash-free.js';
import { computeCrashGroups } from '../../../src/metric/crash-groups.js';
import { computePageLoad } from '../../../src/metric/page-load.js';
import { computeScreenViews } from '../../../src/metric/screen-views.js';
import { computeWebVitals } from '../../../src/metric/web-vitals.js';
import {
  oracleAppPerformance,
  oracleCrashFree,
  oracleCrashGroups,
  oraclePageLoad,
  oracleScreenViews,
  oracleWebVitals,
} from './oracle-performance.js';
import { type AnswerCheck, expectAlike, type WorldCase } from './worlds.js';

/** Every row of a list. */
const ALL_ROWS = { dimension: '', limit: 1_000 };

async function checkCrashFree(it: WorldCase): Promise<void> {
  const answer = await computeCrashFree(it.context, { ...it.asked, breakdown: ALL_ROWS });
  expectAlike(answer, oracleCrashFree(it.oracle));
}

async function checkCrashGroups(it: WorldCase): Promise<void> {
  const answer = await computeCrashGroups(it.context, { ...it.asked, breakdown: ALL_ROWS });
  const { samples, ...wanted } = oracleCrashGroups(it.oracle);
  expectAlike(answer, wanted);
  const shown = answer.sampleProperties.map((properties) =>
    Object.fromEntries(Object.entries(properties).map(([name, json]) => [name, JSON.parse(json)])),
  );
  expect(shown).toEqual(samples);
}

async function checkAppPerformance(it: WorldCase): Promise<void> {
  expectAlike(await computeAppPerformance(it.context, it.asked), oracleAppPerformance(it.oracle));
}

async function checkPageLoad(it: WorldCase): Promise<void> {
  const answer = await computePageLoad(it.context, { ...it.asked, breakdown: ALL_ROWS });
  const { pages, byPage, ...total } = oraclePageLoad(it.oracle);
  expectAlike(answer, {
    ...total,
    byPage: {
      pages,
      samples: byPage.map(({ samples }) => samples),
      p50: byPage.map(({ p50 }) => p50),
      p75: byPage.map(({ p75 }) => p75),
      p95: byPage.map(({ p95 }) => p95),
    },
  });
}

async function checkWebVitals(it: WorldCase): Promise<void> {
  for (const page of [undefined, '/a']) {
    const asked = page === undefined ? it.asked : { ...it.asked, page };
    const wanted = oracleWebVitals(it.oracle, page);
    expectAlike(await computeWebVitals(it.context, asked), {
      names: wanted.map(({ name }) => name),
      samples: wanted.map(({ samples }) => samples),
      p75: wanted.map(({ p75 }) => p75),
      ratings: wanted.map(({ rating }) => rating),
      goodPercents: wanted.map(({ goodPercent }) => goodPercent),
    });
  }
}

async function checkScreenViews(it: WorldCase): Promise<void> {
  const answer = await computeScreenViews(it.context, { ...it.asked, breakdown: ALL_ROWS });
  expectAlike(answer, oracleScreenViews(it.oracle));
}

/** Apps and pages, how well they run: what an answer must be by the oracle. */
export const PERFORMANCE_CHECKS: readonly AnswerCheck[] = [
  {
    name: 'crash-free sessions and users, by version',
    metrics: ['crash_free'],
    check: checkCrashFree,
  },
  { name: 'crash groups with a sample', metrics: ['crash_groups'], check: checkCrashGroups },
  {
    name: 'app starts by type, and requests',
    metrics: ['app_performance'],
    check: checkAppPerformance,
  },
  { name: 'page load, by page', metrics: ['page_load'], check: checkPageLoad },
  { name: 'web vitals, also of one page', metrics: ['web_vitals'], check: checkWebVitals },
  { name: 'screen views and their people', metrics: ['screen_views'], check: checkScreenViews },
];
