import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importAccessLog } from '../ingest/access-log/import-access-log.js';
import { repositoryRoot } from '../test/testkit/clickhouse-stand-in.js';
import { type Stack, startSluice, untilIngested } from '../test/testkit/stack.js';
import { type Benchmark, type Figure, median } from './benchmark.js';

const ROUNDS = 3;
/** Bars: ready within 20 s of the start, idle memory of 700 MB (DESIGN §9). */
const READY_SECONDS = 20;
const IDLE_MB = 700;

function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

function diskMb(directory: string): number {
  const { stdout } = spawnSync('du', ['-sk', directory], { encoding: 'utf8' });
  return Number.parseInt(stdout, 10) / 1024;
}

/** Start time, idle memory and disk of the embedded product, before and after a real import. */
export const footprint: Benchmark = {
  name: 'footprint',
  async run(): Promise<readonly Figure[]> {
    const starts: number[] = [];
    const idle: number[] = [];
    const afterImport: number[] = [];
    const disk: number[] = [];
    let imported = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const directory = mkdtempSync(join(tmpdir(), 'sluice-footprint-'));
      const startedAt = performance.now();
      const { url, started } = await startSluice({ DATA_DIR: directory });
      starts.push((performance.now() - startedAt) / 1000);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      idle.push(residentMb(started.pid));
      const stack: Pick<Stack, 'urls' | 'processes'> = { urls: [url], processes: [started] };
      const key = (
        JSON.parse(readFileSync(join(directory, 'server.json'), 'utf8')) as { key: string }
      ).key;
      const result = await importAccessLog(
        join(repositoryRoot(), 'test/fixtures/apache-access.log.gz'),
        { url, key, site: 'http://site.example', rejects: { write: () => true } },
      );
      imported = result.accepted;
      await untilIngested(stack as Stack);
      afterImport.push(residentMb(started.pid));
      disk.push(diskMb(directory));
      await started.stop();
      rmSync(directory, { recursive: true, force: true });
    }
    return [
      {
        name: 'footprint-start',
        ratio: median(starts) / READY_SECONDS,
        bar: 1,
        isUpperBound: true,
        values: { 'ready after s': median(starts).toFixed(2), rounds: ROUNDS },
      },
      {
        name: 'footprint-idle-memory',
        ratio: median(idle) / IDLE_MB,
        bar: 1,
        isUpperBound: true,
        values: {
          'idle MB': median(idle).toFixed(0),
          'after import MB': median(afterImport).toFixed(0),
          'disk after import MB': median(disk).toFixed(1),
          'events imported': imported,
        },
      },
    ];
  },
};
