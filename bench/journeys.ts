import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClickHouseWarehouse } from '../src/warehouse/clickhouse/clickhouse-warehouse.js';
import type { Benchmark, Figure } from './benchmark.js';
import { fillEvents } from './journeys/fill-events.js';
import { measureFunnels } from './journeys/measure-funnels.js';
import { JOURNEY_QUESTIONS } from './journeys/questions.js';
import { measureQuestions } from './query/measure-questions.js';

/** `JOURNEY_EVENTS` asks for another number; the bars are those of ten million. */
const EVENTS = Number(process.env.JOURNEY_EVENTS ?? 10_000_000);

/** Funnels over 30 days, then paths, attribution and experiments over 90, in the embedded engine. */
export const journeys: Benchmark = {
  name: 'journeys',
  async run(): Promise<readonly Figure[]> {
    const directory = mkdtempSync(join(tmpdir(), 'sluice-journeys-'));
    const warehouse = await createClickHouseWarehouse({
      url: `chdb://${directory}/warehouse`,
      connections: 4,
    });
    let funnels: readonly Figure[];
    try {
      funnels = await measureFunnels(await fillEvents(warehouse, 'sluice', EVENTS));
    } finally {
      await warehouse.stop();
      rmSync(directory, { recursive: true, force: true });
    }
    return [...funnels, ...(await measureQuestions('journeys', JOURNEY_QUESTIONS))];
  },
};
