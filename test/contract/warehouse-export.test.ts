import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { statement } from '../../src/warehouse/statement.js';
import type { ExportProgress } from '../../src/warehouse/warehouse.js';
import { mountSmall } from '../testkit/small-mount.js';
import { describeWarehouses } from '../testkit/warehouse-suite.js';

describeWarehouses((adapter) => {
  describe('an export', () => {
    let directory: string;
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'sluice-export-'));
    });
    afterAll(() => rmSync(directory, { recursive: true, force: true }));
    const marked =
      "SELECT count() AS n FROM system.processes WHERE position(query, lower('TEST_EXPORTED')) > 0";
    const runningExports = async (): Promise<number> => {
      const { rows } = await adapter.warehouse.query(
        statement<{ readonly n: number }>('test.running', marked),
      );
      return rows[0]?.n ?? 0;
    };

    test('puts all rows of a statement into a new file, in order and whatever they hold', async () => {
      const path = join(directory, 'rows.ndjson');
      const nasty = "';\nSELECT \\ \u0000 {x:String} 😀";
      await adapter.warehouse.exportFile(
        statement(
          'test.export',
          'SELECT number AS n, {s:String} AS s FROM numbers(200000) ORDER BY n',
          { s: nasty },
          { max_execution_time: 60 },
        ),
        'JSONEachRow',
        path,
      );
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      expect(lines.length).toBe(200_000);
      expect(lines.map((line) => JSON.parse(line)).findIndex((row, n) => row.n !== n)).toBe(-1);
      expect(JSON.parse(lines[7] ?? '')).toEqual({ n: 7, s: nasty });
    });

    test('leaves a file alone that is there already', async () => {
      const path = join(directory, 'taken');
      writeFileSync(path, 'mine');
      await expect(
        adapter.warehouse.exportFile(statement('test.export', 'SELECT 1'), 'CSV', path),
      ).rejects.toBeInstanceOf(Error);
      expect(readFileSync(path, 'utf8')).toBe('mine');
    });

    test('that finds no room says so, and stops the engine', async () => {
      const disk = await mountSmall(4);
      try {
        await expect(
          adapter.warehouse.exportFile(
            statement(
              'test.export',
              'SELECT cityHash64(number) AS test_exported FROM numbers({n:UInt64})',
              { n: 5_000_000 },
              { max_execution_time: 600, max_threads: 1 },
            ),
            'CSV',
            join(disk.directory, 'full.csv'),
          ),
        ).rejects.toMatchObject({ code: 'DISK_FULL' });
        expect(await runningExports()).toBe(0);
      } finally {
        await disk.stop();
      }
    });

    test('is stopped by an abort, with its reason, and the engine works on it no more', async () => {
      const leaving = new AbortController();
      const left = adapter.warehouse.exportFile(
        statement(
          'test.export',
          'SELECT sleepEachRow(0.01) AS test_exported FROM numbers({n:UInt64})',
          { n: 20_000 },
          { max_block_size: 10, max_threads: 1, function_sleep_max_microseconds_per_block: 1e9 },
        ),
        'CSV',
        join(directory, 'left.csv'),
        { signal: leaving.signal },
      );
      left.catch(() => undefined);
      while ((await runningExports()) === 0);
      leaving.abort(new Error('gone'));
      await expect(left).rejects.toThrow('gone');
      while ((await runningExports()) > 0);
      const { rows } = await adapter.warehouse.query(statement('test.after', 'SELECT 1 AS ok'));
      expect(rows).toEqual([{ ok: 1 }]);
    });

    test('tells how far it is', async () => {
      const told: ExportProgress[] = [];
      await adapter.warehouse.exportFile(
        statement(
          'test.export',
          'SELECT sleepEachRow(0.001), {s:String} FROM numbers(2000)',
          { s: 'x' },
          { max_block_size: 10, max_threads: 1 },
        ),
        'CSV',
        join(directory, 'slow.csv'),
        { onProgress: (progress) => told.push(progress) },
      );
      const { rowsRead = 0, rowsToRead = 0 } = told.at(-1) ?? {};
      expect(rowsRead).toBeGreaterThan(0);
      expect(rowsRead).toBeLessThanOrEqual(2_000);
      expect(rowsToRead).toBeGreaterThanOrEqual(rowsRead);
    });

    test('that fails says so as a query does, and leaves nothing for the next one', async () => {
      const fails = statement(
        'test.export',
        'SELECT throwIf(number = 200000) FROM numbers(1000000)',
        {},
        { max_block_size: 1000 },
      );
      await expect(
        adapter.warehouse.exportFile(fails, 'CSV', join(directory, 'failed.csv')),
      ).rejects.toMatchObject({ code: 'WAREHOUSE_REFUSED', details: { engineCode: 395 } });
      const path = join(directory, 'next.csv');
      await adapter.warehouse.exportFile(statement('test.export', 'SELECT 1'), 'CSV', path);
      expect(readFileSync(path, 'utf8')).toBe('1\n');
    });
  });
});
