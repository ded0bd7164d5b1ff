import type { MetricContext } from '../../src/metric/metric.js';
import type { MetricQuestion } from '../../src/metric/metric-query.js';
import { type Statement, statement } from '../../src/warehouse/statement.js';
import type { WarehouseReader } from '../../src/warehouse/warehouse.js';
import type { World } from '../world/open-world.js';

/** What one asking took. */
export interface Asked {
  readonly wallMs: number;
  /** Processor time of the whole process, which other programs on the machine do not lengthen. */
  readonly cpuMs: number;
  readonly rows: number;
}

/** The large project over the 90 days, by local days with a clock change within. */
export const ASKED: MetricQuestion = {
  projectId: 'large',
  range: { kind: 'dates', from: '2026-01-01', to: '2026-03-31' },
  timeZone: 'Europe/Berlin',
  filter: [],
  includeBots: false,
};

/** A context whose reads are counted. */
export function benchContext(world: World): { readonly context: MetricContext; rows(): number } {
  let rows = 0;
  const warehouse: WarehouseReader = {
    async query<Row>(each: Statement<Row>, options = {}) {
      const result = await world.warehouse.query(each, options);
      rows += result.rowsRead;
      return result;
    },
    queryBytes: (each, format, options) => world.warehouse.queryBytes(each, format, options),
  };
  const settings = { linkedDomains: [], sessionTimeoutSeconds: 1_800 };
  return {
    context: { warehouse, database: world.database, settings, clock: () => world.toMs },
    rows: () => rows,
  };
}

/** Measures one asking. */
export async function measure(rows: () => number, work: () => Promise<unknown>): Promise<Asked> {
  const before = rows();
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  await work();
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1000, rows: rows() - before };
}

/** Most memory of the engine's statements while some work runs, MB; looked at every few ms. */
export async function peakMemoryMb(world: World, work: () => Promise<unknown>): Promise<number> {
  let isDone = false;
  let peak = 0;
  const look = async (): Promise<void> => {
    while (!isDone) {
      const { rows } = await world.warehouse.query(
        statement<{ readonly bytes: number }>(
          'bench.memory',
          `SELECT max(peak_memory_usage) AS bytes FROM system.processes WHERE query NOT LIKE '%bench.memory%'`,
        ),
      );
      peak = Math.max(peak, rows[0]?.bytes ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const looking = look();
  await work();
  isDone = true;
  await looking;
  return peak / 1024 / 1024;
}
