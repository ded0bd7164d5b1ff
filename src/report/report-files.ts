import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Statement } from '../warehouse/statement.js';
import type { Report } from './report.js';

/** A report with what it takes to make it, as it is kept. */
export interface ReportRecord {
  readonly report: Report;
  readonly statement: Statement<unknown>;
}

/** Reports and their files, in one folder: each survives a crash of the process and of the machine. */
export interface ReportFiles {
  /** What was kept; what belongs to no report is removed. */
  load(): readonly ReportRecord[];
  /** Resolves once the report would be loaded again. */
  save(record: ReportRecord): Promise<void>;
  /** Removes the report, then its file. */
  remove(report: Report): Promise<void>;
  /** Where the file of a report is made, with nothing at that place. */
  begin(report: Report): Promise<string>;
  /** Puts the file that was made in the place of the report's. @returns Its size in bytes. */
  complete(report: Report): Promise<number>;
  /** Removes what was made so far. */
  discard(report: Report): Promise<void>;
  /** Path of the finished file. */
  pathOf(report: Report): string;
}

const RECORD = '.json';
const PART = '.part';

/** @param directory Made if it is missing; readable by its owner alone. */
export function createReportFiles(directory: string): ReportFiles {
  const recordPath = ({ id }: Report): string => join(directory, `${id}${RECORD}`);
  const partPath = ({ id }: Report): string => join(directory, `${id}${PART}`);
  const pathOf = ({ id, format }: Report): string => join(directory, `${id}.${format}.data`);

  return {
    load() {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const names = readdirSync(directory);
      const records = names
        .filter((name) => name.endsWith(RECORD))
        .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as ReportRecord);
      const wanted = new Set(
        records.flatMap(({ report }) => [
          `${report.id}${RECORD}`,
          ...(report.state === 'done' ? [basename(pathOf(report))] : []),
        ]),
      );
      for (const name of names) if (!wanted.has(name)) rmSync(join(directory, name));
      return records;
    },
    async save(record) {
      const temporary = `${recordPath(record.report)}.new`;
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(record));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, recordPath(record.report));
      await synchronise(directory);
    },
    async remove(report) {
      await rm(recordPath(report), { force: true });
      await synchronise(directory);
      await rm(partPath(report), { force: true });
      await rm(pathOf(report), { force: true });
    },
    async begin(report) {
      await rm(partPath(report), { force: true });
      return partPath(report);
    },
    async complete(report) {
      const file = await open(partPath(report), 'r+');
      let bytes: number;
      try {
        await file.sync();
        bytes = (await file.stat()).size;
      } finally {
        await file.close();
      }
      await rename(partPath(report), pathOf(report));
      await synchronise(directory);
      return bytes;
    },
    discard: (report) => rm(partPath(report), { force: true }),
    pathOf,
  };
}

/** A new name in a folder survives a crash of the machine once the folder is synchronised. */
async function synchronise(directory: string): Promise<void> {
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
