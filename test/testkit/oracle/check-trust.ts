import { expect } from 'expect';
import { computeBotTraffic } from '../../../src/metric/bot-traffic.js';
import { computeDataQuality } from '../../../src/metric/data-quality.js';
import { computeIngestionLatency } from '../../../src/metric/ingestion-latency.js';
import { oracleEvents } from './oracle-event.js';
import { oracleBotTraffic, oracleLatency, oracleQuality } from './oracle-trust.js';
import { type AnswerCheck, expectAlike, type WorldCase } from './worlds.js';

const ALWAYS = { kind: 'dates', from: '2000-01-01', to: '2049-12-31' } as const;
/** When seeded events that say nothing became queryable. */
const SEEDED_AT = Date.UTC(2026, 0, 1);

async function checkBotTraffic(it: WorldCase): Promise<void> {
  const answer = await computeBotTraffic(it.context, it.asked);
  expectAlike(answer, oracleBotTraffic(it.events, it.question));
}

/** By days of receipt, and of all time; copies and refused input where the world knows them all. */
async function checkDataQuality(it: WorldCase): Promise<void> {
  for (const range of [it.asked.range, ALWAYS]) {
    const answer = await computeDataQuality(it.context, { ...it.asked, range });
    const dates = range.kind === 'dates' ? range : ALWAYS;
    const wanted = oracleQuality(it, { ...it.question, ...dates });
    const { unique, complete, late } = wanted;
    expectAlike(answer, it.hasEveryCopy ? wanted : { unique, complete, late });
    expect(answer.received).toBe(answer.unique + answer.duplicates + answer.refused);
  }
}

async function checkIngestionLatency(it: WorldCase): Promise<void> {
  for (const range of [it.asked.range, ALWAYS]) {
    const answer = await computeIngestionLatency(it.context, { ...it.asked, range });
    const dates = range.kind === 'dates' ? range : ALWAYS;
    // Events that say nothing became queryable when a run wrote them, which only it knows.
    const areAllKnown = oracleEvents(it.events).every(({ queryableAt }) => queryableAt !== null);
    if (it.hasEveryCopy || areAllKnown) {
      expectAlike(answer, oracleLatency(it.events, { ...it.question, ...dates }, SEEDED_AT));
    }
  }
}

/** Figures about the data itself: what an answer must be by the oracle. */
export const TRUST_CHECKS: readonly AnswerCheck[] = [
  { name: 'bot share of web events', metrics: ['bot_traffic'], check: checkBotTraffic },
  {
    name: 'data quality: what was received, unique, complete and late, and the score',
    metrics: ['data_quality'],
    check: checkDataQuality,
  },
  {
    name: 'ingestion latency of every unique event',
    metrics: ['ingestion_latency'],
    check: checkIngestionLatency,
  },
];
