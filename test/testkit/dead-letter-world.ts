import { createCollectorMetrics } from '../../ingest/collector/collector-metrics.js';
import { createRateLimit } from '../../ingest/collector/rate-limit.js';
import { createBodyBudget } from '../../ingest/collector/read-body.js';
import { createReceiveEvents, type Received } from '../../ingest/collector/receive-events.js';
import { createReadLetter } from '../../ingest/read-letter.js';
import type {
  DeadLetter,
  DeadLetterFilter,
  LetterScope,
} from '../../src/dead-letter/dead-letter.js';
import {
  createDeadLetterOffice,
  type OfficePorts,
} from '../../src/dead-letter/dead-letter-office.js';
import type { Repair } from '../../src/dead-letter/read-letter.js';
import { isAppError } from '../../src/errors.js';
import { createTelemetry } from '../../src/telemetry.js';
import { eventually } from './deadline.js';
import { type IngesterWorldOptions, openIngesterWorld } from './ingester-world.js';
import { createMemoryProjectStore } from './memory-project-store.js';

/** Most bytes of an event in this world. */
export const MAX_EVENT_BYTES = 2_000;

/**
 * An ingester world with a collector in front and the office of dead letters behind it. The
 * projects of the installation are that of the world and those of the memory project store.
 */
export async function openDeadLetterWorld(options: IngesterWorldOptions) {
  const world = await openIngesterWorld(options);
  const { projectId, topics, codec } = world;
  const { warehouse, database } = options.kit;
  const limits = { maxBodyBytes: 100_000, maxEventBytes: MAX_EVENT_BYTES };
  const projects = createMemoryProjectStore();
  await projects.createProject({ id: projectId });
  let now = Date.now();
  const clock = () => now;
  const receive = createReceiveEvents({
    log: world.log,
    codec,
    deadLetters: world.deadLetterCodec,
    topics,
    limits,
    rateLimit: createRateLimit({ eventsPerSecond: 0, clock }),
    metrics: createCollectorMetrics(createTelemetry({ level: 'silent' }).registry),
    budget: createBodyBudget(10_000_000),
    clock,
  });
  /** The office of this world; ports given here stand between it and the world. */
  const officeWith = (ports: Partial<OfficePorts> = {}) =>
    createDeadLetterOffice({
      warehouse,
      database,
      eventLog: world.log,
      readLetter: createReadLetter({
        codec,
        topics,
        partitionCount: world.log.partitionCount,
        limits,
        defaultProjectId: '',
      }),
      projects,
      clock,
      ...ports,
    });
  const office = officeWith();
  const scope: LetterScope = { projectId, signal: new AbortController().signal };
  /** Letters that name no project. */
  const unowned: LetterScope = { ...scope, projectId: '' };

  return {
    world,
    projects,
    office,
    officeWith,
    scope,
    unowned,
    /** Moves the clock of collector and office, ms. */
    pass(ms: number) {
      now += ms;
    },
    now: clock,
    /** What the collector does with a request of this world's project. */
    async post(body: string | Buffer, request: Partial<Received> = {}): Promise<void> {
      try {
        await receive({
          raw: Buffer.from(body),
          encoding: '',
          format: 'json',
          contentType: 'application/json',
          keyId: 'k1',
          projectId,
          isTrusted: false,
          ip: '192.0.2.7',
          userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0',
          ...request,
        });
      } catch (error) {
        if (!isAppError(error, 'MALFORMED_BODY')) throw error;
      }
    },
    /** Waits for the ingester, then gives all letters that fit, the newest first. */
    async letters(filter: DeadLetterFilter = {}, of = scope): Promise<readonly DeadLetter[]> {
      await world.drained();
      return (await office.list(of, { filter, first: 1000, after: null })).letters;
    },
    /** The one letter there is, once it is stored. */
    async onlyLetter(of = scope): Promise<DeadLetter> {
      return eventually('one letter is stored', async () => {
        const { letters } = await office.list(of, { filter: {}, first: 10, after: null });
        if (letters.length > 1) throw new Error(`expected one letter, got ${letters.length}`);
        return letters[0];
      });
    },
    /** Replays letters of the world's project by their ids. */
    async replay(ids: readonly string[], repair: Repair = {}, isDryRun = false, of = scope) {
      const request = { selection: { ids }, repair, isDryRun, by: 'admin' };
      return (await office.replay(of, request)).results;
    },
    /** One column of the events that count, sorted by id. */
    async counted(column: string): Promise<readonly unknown[]> {
      await world.drained();
      return world.column(
        `SELECT ${column} AS value FROM {{db}}.silver_events WHERE project_id = {project:String} ORDER BY event_id`,
      );
    },
  };
}
