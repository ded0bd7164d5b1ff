import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A part by the blocks it holds, as its name says: `PARTITION_FIRST_LAST_LEVEL[_MUTATION]`. */
export interface PartName {
  /** Name of its directory. */
  readonly name: string;
  readonly partition: string;
  readonly firstBlock: number;
  readonly lastBlock: number;
}

/** A file of a table's deduplication log. */
export interface LogFile {
  readonly path: string;
  /** Whole lines, each with its line feed. */
  readonly text: string;
  /** Whether a line without its end follows them. */
  readonly isCut: boolean;
}

/** Tokens a table remembers, with the part each was given for. */
export interface RememberedTokens {
  /** Oldest first; empty for a table without such a log. */
  readonly files: readonly LogFile[];
  readonly partOfToken: ReadonlyMap<string, string>;
}

/** Operations of a line `OPERATION\tPART\tTOKEN` of a deduplication log. */
export const TOKEN_ADDED = '1';
export const TOKEN_DROPPED = '2';

const PART_NAME = /^(.+)_(\d+)_(\d+)_\d+(?:_\d+)?$/;
const LOG_NAME = /^deduplication_log_(\d+)\.txt$/;

/** Data directories of all tables of databases of the engine `Atomic`: `store/abc/abcdef…`. */
export function tableDirectories(directory: string): readonly string[] {
  const store = join(directory, 'store');
  if (!existsSync(store)) return [];
  return readdirSync(store).flatMap((prefix) =>
    readdirSync(join(store, prefix)).map((table) => join(store, prefix, table)),
  );
}

/** Paths of the deduplication log of a table, oldest first; none where a table keeps no tokens. */
export function logPaths(table: string): readonly string[] {
  const logs = join(table, 'deduplication_logs');
  if (!existsSync(logs)) return [];
  return readdirSync(logs)
    .filter((name) => LOG_NAME.test(name))
    .sort((a, b) => logNumber(a) - logNumber(b))
    .map((name) => join(logs, name));
}

/** Reads what a table remembers; the engine must not have the directory open. */
export function readTokens(table: string): RememberedTokens {
  const partOfToken = new Map<string, string>();
  const files = logPaths(table).map((path): LogFile => {
    const whole = readFileSync(path, 'utf8');
    const text = whole.slice(0, whole.lastIndexOf('\n') + 1);
    for (const line of text.split('\n')) {
      const [operation, part, token] = line.split('\t');
      if (part === undefined || token === undefined) continue;
      if (operation === TOKEN_ADDED) partOfToken.set(token, part);
      else if (operation === TOKEN_DROPPED) partOfToken.delete(token);
    }
    return { path, text, isCut: text.length < whole.length };
  });
  return { files, partOfToken };
}

/** Null for a name that is none of a part. */
export function partName(name: string): PartName | null {
  const [, partition, first, last] = PART_NAME.exec(name) ?? [];
  if (partition === undefined) return null;
  return { name, partition, firstBlock: Number(first), lastBlock: Number(last) };
}

/** Parts below a table by partition; unfinished ones (`tmp_…`, `delete_tmp_…`) are none. */
export function presentParts(table: string): ReadonlyMap<string, readonly PartName[]> {
  const parts = new Map<string, PartName[]>();
  for (const entry of readdirSync(table)) {
    const part = /^(?:delete_)?tmp_/.test(entry) ? null : partName(entry);
    if (part === null) continue;
    const list = parts.get(part.partition);
    if (list === undefined) parts.set(part.partition, [part]);
    else list.push(part);
  }
  return parts;
}

/** Whether a part holds, perhaps merged with others, all blocks of another one of its partition. */
export function holds(part: PartName, other: PartName): boolean {
  return part.firstBlock <= other.firstBlock && part.lastBlock >= other.lastBlock;
}

function logNumber(name: string): number {
  return Number(LOG_NAME.exec(name)?.[1] ?? 0);
}
