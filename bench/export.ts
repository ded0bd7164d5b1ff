import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { createClickHouseWarehouse } from '../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { statement } from '../src/warehouse/statement.js';
import type { Warehouse } from '../src/warehouse/warehouse.js';
import { createTestProject, startSluice } from '../test/testkit/stack.js';
import type { Benchmark, Figure } from './benchmark.js';
import { fillEvents } from './journeys/fill-events.js';

/** `EXPORT_EVENTS` asks for another number; the bar is that of twenty million. */
const EVENTS = Number(process.env.EXPORT_EVENTS ?? 20_000_000);
const FORMATS = (process.env.EXPORT_FORMATS ?? 'CSV,NDJSON,PARQUET').split(',');
/** Bar: memory that the process takes more while it makes and sends a report (issue 7). */
const GROWTH_MB = 300;
const LOOK_EVERY_MS = 50;
const ADMIN_KEY = 'test-admin-key-of-a-temporary-stack';

/** Memory of a process, MB. */
function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/**
 * All events with all columns as a report of the real process, over REST, in every format: rows per
 * second, and by how much the memory of the process grows over what it had when it was ready. Each
 * format has a process of its own, which nobody asked anything before.
 */
export const exportReports: Benchmark = {
  name: 'export',
  async run(): Promise<readonly Figure[]> {
    const directory = mkdtempSync(join(tmpdir(), 'sluice-export-'));
    try {
      const warehouse = await createClickHouseWarehouse({
        url: `chdb://${directory}/warehouse`,
        connections: 1,
      });
      const { fromMs, toMs } = await fillEvents(warehouse, 'sluice', EVENTS);
      await mergesDone(warehouse);
      await warehouse.stop();
      const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
      const key = await makeProject(directory);
      const figures: Figure[] = [];
      for (const format of FORMATS) {
        figures.push(await measure(directory, key, { format, events: { range } }));
      }
      return figures;
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

/** Waits until the engine has nothing left to merge, so that no report is measured with its merges. */
async function mergesDone(warehouse: Warehouse): Promise<void> {
  const merges = statement<{ readonly n: number }>(
    'bench.merges',
    'SELECT count() AS n FROM system.merges',
  );
  // One that ends makes room for the next: none must be seen several times.
  for (let quiet = 0; quiet < 10; ) {
    const [row] = (await warehouse.query(merges)).rows;
    quiet = row?.n === 0 ? quiet + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** A key that may read the events, which the data directory keeps. */
async function makeProject(directory: string): Promise<string> {
  const { url, started } = await startSluice({ DATA_DIR: directory });
  try {
    const stack = { gatewayUrls: [url], adminKey: ADMIN_KEY };
    return (await createTestProject(stack, 'shop')).readKey;
  } finally {
    await started.stop();
  }
}

interface Told {
  readonly id: string;
  readonly state: string;
  readonly bytes: number;
  readonly error: unknown;
}

async function measure(
  directory: string,
  key: string,
  body: { readonly format: string; readonly events: object },
): Promise<Figure> {
  const { url, started } = await startSluice({ DATA_DIR: directory });
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, residentMb(started.pid));
  }, LOOK_EVERY_MS);
  try {
    const request = async (method: string, path: string, sent?: object): Promise<Response> =>
      fetch(`${url}/api/v1/reports${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
      });
    const ready = residentMb(started.pid);
    peak = ready;
    const startedAt = performance.now();
    let report = (await (await request('POST', '/generate', body)).json()) as Told;
    while (report.state !== 'DONE') {
      if (report.state === 'FAILED') throw new Error(JSON.stringify(report.error));
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      report = (await (await request('GET', `/${report.id}`)).json()) as Told;
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const file = await request('GET', `/${report.id}/file`);
    const rows = await rowsOf(file, body.format, directory);
    if (rows !== EVENTS) throw new Error(`${body.format}: ${rows} rows of ${EVENTS}`);
    await request('DELETE', `/${report.id}`);
    const growth = peak - ready;
    return {
      name: `export-${body.format.toLowerCase()}-memory`,
      ratio: growth / GROWTH_MB,
      bar: 1,
      isUpperBound: true,
      values: {
        'growth MB': Math.round(growth),
        'ready MB': Math.round(ready),
        rows,
        'rows/s': Math.round(rows / seconds),
        'file MB': Math.round(report.bytes / 1_000_000),
      },
    };
  } finally {
    clearInterval(timer);
    await started.stop();
  }
}

/** Rows of a file as it arrives, so that sending is measured too. */
async function rowsOf({ body }: Response, format: string, directory: string): Promise<number> {
  if (body === null) return 0;
  if (format === 'PARQUET') {
    const path = join(directory, 'fetched.parquet');
    writeFileSync(path, '');
    for await (const chunk of body) writeFileSync(path, chunk as Uint8Array, { flag: 'a' });
    const { num_rows } = await parquetMetadataAsync(await asyncBufferFromFile(path));
    rmSync(path);
    return Number(num_rows);
  }
  let lines = 0;
  for await (const chunk of body) {
    for (const byte of chunk as Uint8Array) if (byte === 0x0a) lines += 1;
  }
  return format === 'CSV' ? lines - 1 : lines;
}
