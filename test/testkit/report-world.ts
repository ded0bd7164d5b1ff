import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { createWarehouseDefinitionStore } from '../../src/definition/warehouse-definition-store.js';
import {
  createReportOffice,
  type RunningReportOffice,
} from '../../src/report/create-report-office.js';
import { createTelemetry } from '../../src/telemetry.js';
import type { ExportOptions, WarehouseExporter } from '../../src/warehouse/warehouse.js';
import { type AnsweringGateway, startAnsweringGateway } from './answering-gateway.js';
import { eventually } from './deadline.js';
import { type EventJson, seedProjects } from './seed-events.js';
import { startTestWarehouse, type TestWarehouse } from './warehouse.js';

export const HOUR_MS = 3_600_000;

/** What REST answered. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** The bytes as JSON; empty for other content. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A gateway that takes reports about the projects `default` and `other`. */
export interface ReportWorld {
  readonly kit: TestWarehouse;
  readonly gateway: AnsweringGateway;
  /** Folder of the reports, and the names in it. */
  readonly directory: string;
  names(): readonly string[];
  /** Asks below `/api/v1/reports`. */
  rest(method: 'GET' | 'POST' | 'DELETE', path: string, more?: RestRequest): Promise<RestAnswer>;
  /** Time in ms since 1970; may be set. */
  nowMs: number;
  /** Reports that are asked for from now on wait in front of the warehouse until `open` is called. */
  hold(): { open(): void };
  /** Ends the office of this process and opens another one on the same folder. */
  reopen(): Promise<void>;
  stop(): Promise<void>;
}

export interface RestRequest {
  readonly key?: string | null;
  readonly body?: unknown;
}

/** @param directory Of the reports; left out: a temporary one. */
export async function startReportWorld({
  events,
  nowMs,
  directory = mkdtempSync(join(tmpdir(), 'sluice-reports-')),
}: {
  readonly events: ReadonlyMap<string, readonly EventJson[]>;
  readonly nowMs: number;
  readonly directory?: string;
}): Promise<ReportWorld> {
  const kit = await startTestWarehouse();
  const { warehouse, database } = kit;
  await seedProjects({ ...kit, events, batch: 'reports' });
  let now = nowMs;
  const clock = (): number => now;
  let gate: Promise<void> = Promise.resolve();
  const exporter: WarehouseExporter = {
    async exportFile(statement, format, path, options: ExportOptions = {}) {
      const { signal } = options;
      const left = new Promise<void>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
      await Promise.race([gate, left]);
      left.catch(() => undefined);
      await warehouse.exportFile(statement, format, path, options);
    },
  };
  const openOffice = (): RunningReportOffice =>
    createReportOffice({
      warehouse: exporter,
      database,
      directory,
      clock,
      log: createTelemetry({ level: 'silent' }).log,
      atOnce: 1,
      keptMs: 24 * HOUR_MS,
      maxMemoryBytes: 1_000_000_000,
    });
  let office = openOffice();
  office.start();
  const gateway = await startAnsweringGateway({
    warehouse,
    database,
    clock,
    definitions: createWarehouseDefinitionStore({ warehouse, database, clock }),
    reports: {
      create: (asking, request) => office.create(asking, request),
      report: (projectId, id) => office.report(projectId, id),
      file: (projectId, id) => office.file(projectId, id),
      delete: (projectId, id) => office.delete(projectId, id),
    },
  });
  return {
    kit,
    gateway,
    directory,
    names: () => readdirSync(directory).sort(),
    get nowMs() {
      return now;
    },
    set nowMs(value) {
      now = value;
    },
    async rest(method, path, { key = 'reader', body } = {}) {
      const response = await fetch(`${gateway.url}/api/v1/reports${path}`, {
        method,
        headers: {
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      const { headers, status } = response;
      const isJson = /^application\/json/.test(headers.get('content-type') ?? '');
      return { status, headers, bytes, body: isJson ? JSON.parse(bytes.toString()) : {} };
    },
    hold() {
      let open = (): void => undefined;
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return { open };
    },
    async reopen() {
      await office.stop();
      office = openOffice();
      office.start();
    },
    async stop() {
      await office.stop();
      await gateway.stop();
      await kit.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

type Told = Readonly<Record<string, unknown>>;

/** Asks for a report. @returns Its id. */
export async function askReport(
  world: ReportWorld,
  body: unknown,
  key = 'reader',
): Promise<string> {
  const answer = await world.rest('POST', '/generate', { key, body });
  if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
  return String(answer.body.id);
}

/** What is told of a report once it has ended. */
export async function endedReport(world: ReportWorld, id: string, key = 'reader'): Promise<Told> {
  return eventually('the end of a report', async () => {
    const { body } = await world.rest('GET', `/${id}`, { key });
    return body.state === 'DONE' || body.state === 'FAILED' ? body : null;
  });
}

/** The file of a report that is asked for here. */
export async function reportFile(
  world: ReportWorld,
  body: unknown,
  key = 'reader',
): Promise<RestAnswer> {
  const id = await askReport(world, body, key);
  const report = await endedReport(world, id, key);
  expect(report).toMatchObject({ state: 'DONE', progress: 1, error: null });
  const file = await world.rest('GET', `/${id}/file`, { key });
  expect(file.status).toBe(200);
  expect(Number(file.headers.get('content-length'))).toBe(report.bytes);
  expect(file.bytes.length).toBe(report.bytes);
  return file;
}

/** Rows of comma-separated values (RFC 4180) by the names in the first line. */
export function parseCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const rows: string[][] = [[]];
  const cell = /"((?:[^"]|"")*)"|([^,\n"]*)/y;
  for (let at = 0; at < text.length; ) {
    cell.lastIndex = at;
    const [all = '', quoted, plain = ''] = cell.exec(text) ?? [];
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    at += all.length;
    if (text[at] === '\n') rows.push([]);
    at += 1;
  }
  const [names = [], ...found] = rows;
  return found
    .filter((row) => row.length > 0)
    .map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? ''])));
}
