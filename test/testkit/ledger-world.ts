import { batchToken } from '../../ingest/ingester/batch-token.js';
import type { TrackedEvent } from '../../src/event/tracked-event.js';
import type { EventLog } from '../../src/event-log/event-log.js';
import type { LedgerJob } from '../../src/ledger/jobs.js';
import { createLedger, type Ledger } from '../../src/ledger/ledger.js';
import type { LedgerPorts } from '../../src/ledger/ledger-ports.js';
import { createTelemetry } from '../../src/telemetry.js';
import { statement } from '../../src/warehouse/statement.js';
import { trackedEvent } from '../unit/ingester/tracked-event.js';
import { eventually } from './deadline.js';
import { type IngesterWorldOptions, openIngesterWorld } from './ingester-world.js';
import { startTestWarehouse } from './warehouse.js';

/** A log, an ingester and a ledger over a warehouse of their own, so that a test may damage it. */
export type LedgerWorld = Awaited<ReturnType<typeof createLedgerWorld>>;

export async function createLedgerWorld(options: Partial<IngesterWorldOptions> = {}) {
  const kit = options.kit ?? (await startTestWarehouse());
  const { warehouse, database } = kit;
  const w = await openIngesterWorld({ ...options, kit });
  const ports: LedgerPorts = {
    warehouse,
    database,
    cluster: null,
    // The world opens its log anew at a restart.
    eventLog: {
      positions: (...args: Parameters<EventLog['positions']>) => w.log.positions(...args),
    },
    group: 'g',
    topics: w.topics,
    batchTokenOf: batchToken,
    clock: Date.now,
    log: createTelemetry({ level: 'silent' }).log,
  };
  const ledger: Ledger = createLedger(ports);
  const event = (eventId: string, fields: Partial<TrackedEvent> = {}): TrackedEvent =>
    // Events later than their receipt are taken for that moment.
    trackedEvent({ projectId: w.projectId, eventId, receivedAt: Date.now(), ...fields });
  return {
    w,
    ports,
    ledger,
    event,
    events: (count: number, prefix = 'e', fields: Partial<TrackedEvent> = {}) =>
      Array.from({ length: count }, (_, n) => event(`${prefix}${n}`, fields)),
    /** Runs a statement by hand; `db.` stands for the database. */
    async damage(sql: string): Promise<void> {
      await warehouse.execute(statement('test.damage', sql.replaceAll('db.', `${database}.`)));
    },
    /** Waits until silver has that many events of this world. */
    silverHas: (count: number) =>
      eventually(`silver has ${count} events`, async () => (await w.silverCount()) >= count),
    /** Waits for a job; a failed one is an error. */
    async done({ id }: LedgerJob): Promise<LedgerJob> {
      const job = await eventually(
        'the job ends',
        () => {
          const found = ledger.job(id);
          return found?.state === 'running' ? null : found;
        },
        60_000,
      );
      if (job.state === 'failed') throw new Error(job.error ?? 'failed');
      return job;
    },
    async close(): Promise<void> {
      await ledger.stop();
      await w.close();
      if (options.kit === undefined) await kit.stop();
    },
  };
}
