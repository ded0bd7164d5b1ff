import { expect } from 'expect';
import { computeDataQuality } from '../../../src/metric/data-quality.js';
import { computeIngestionLatency } from '../../../src/metric/ingestion-latency.js';
import { oracleEvents } from './oracle-event.js';
import { type AnswerCheck, expectClose, type WorldCase } from './worlds.js';

const ALWAYS = { kind: 'dates', from: '2000-01-01', to: '2049-12-31' } as const;

/** Unique events, those with the recommended fields, and the score of what the answer counts. */
async function checkDataQuality(it: WorldCase): Promise<void> {
  const answer = await computeDataQuality(it.context, { ...it.asked, range: ALWAYS });
  const ids = new Set(oracleEvents(it.events).map(({ id }) => id));
  const complete = it.events.filter(
    (event) =>
      event.event_name !== 'copied' &&
      (event.platform === 'mobile'
        ? (event.properties?.app_version ?? '') !== ''
        : (event.url ?? '') !== '' && (event.user_agent ?? '') !== ''),
  );
  expect(answer.unique).toBe(ids.size);
  expect(answer.complete).toBe(new Set(complete.map((event) => event.event_id)).size);
  expect(answer.received).toBe(answer.unique + answer.duplicates + answer.refused);
  const { received, refused, duplicates, unique, late } = answer;
  expectClose(
    answer.score,
    received === 0
      ? null
      : (40 * (received - refused)) / received +
          (25 * answer.complete) / unique +
          15 * (1 - duplicates / received) +
          20 * (1 - late / unique),
  );
}

async function checkIngestionLatency(it: WorldCase): Promise<void> {
  const answer = await computeIngestionLatency(it.context, { ...it.asked, range: ALWAYS });
  expect(answer.events).toBe(oracleEvents(it.events).length);
  for (const { p50, p95, p99 } of [answer.processingMs, answer.endToEndMs]) {
    expect(p50).toBeGreaterThanOrEqual(0);
    expect(p95).toBeGreaterThanOrEqual(p50 ?? 0);
    expect(p99).toBeGreaterThanOrEqual(p95 ?? 0);
  }
}

/** Figures about the data itself: what an answer must be by the oracle. */
export const TRUST_CHECKS: readonly AnswerCheck[] = [
  {
    name: 'data quality: unique and complete events, and the score',
    metrics: ['data_quality'],
    check: checkDataQuality,
  },
  {
    name: 'ingestion latency of every unique event',
    metrics: ['ingestion_latency'],
    check: checkIngestionLatency,
  },
];
