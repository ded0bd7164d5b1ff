import { appendFileSync, existsSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

/** A part by the blocks it holds, as its name says: `PARTITION_FIRST_LAST_LEVEL[_MUTATION]`. */
interface PartName {
  readonly partition: string;
  readonly firstBlock: number;
  readonly lastBlock: number;
}

/** What was wrong in the logs of one data directory. */
export interface MendedLogs {
  /** Tokens that were remembered for a part that does not exist, and are forgotten now. */
  readonly forgottenTokens: number;
  /** Log files whose last line was cut off, and ends before it now. */
  readonly cutLogs: number;
}

const PART_NAME = /^(.+)_(\d+)_(\d+)_\d+(?:_\d+)?$/;
const LOG_NAME = /^deduplication_log_(\d+)\.txt$/;
/** Operations of a line `OPERATION\tPART\tTOKEN`. */
const ADDED = '1';
const DROPPED = '2';

/**
 * Makes the deduplication logs of an embedded warehouse agree with its parts; to be called before the
 * engine opens the directory.
 *
 * The engine writes the token of an inserted block to the table's log and then renames the finished
 * part into its place (ClickHouse, `MergeTreeSink::commitPart`). A process that dies between the two
 * remembers a block it does not have: the replay of the batch would be taken for done and its rows
 * would be missing from that table for ever. Here every token whose part is neither there nor merged
 * into one that is there gets the line by which the engine itself forgets a token.
 *
 * A part that was dropped on purpose or ran out of time has no need of its token either: it is asked
 * for by the replay of an unfinished batch alone, and that batch is the youngest of its partition.
 *
 * Only plain tables keep such logs. Replicated ones commit token and part in one step.
 */
export function mendDeduplicationLogs(directory: string): MendedLogs {
  let forgottenTokens = 0;
  let cutLogs = 0;
  for (const table of tableDirectories(directory)) {
    const logs = join(table, 'deduplication_logs');
    if (!existsSync(logs)) continue;
    const names = readdirSync(logs)
      .filter((name) => LOG_NAME.test(name))
      .sort((a, b) => logNumber(a) - logNumber(b));
    const newest = names.at(-1);
    if (newest === undefined) continue;
    const partOfToken = new Map<string, string>();
    for (const name of names) {
      const path = join(logs, name);
      const text = readFileSync(path, 'utf8');
      const end = text.lastIndexOf('\n') + 1;
      if (end < text.length) {
        // The part of a line that was not finished has not been renamed yet.
        truncateSync(path, Buffer.byteLength(text.slice(0, end)));
        cutLogs += 1;
      }
      for (const line of text.slice(0, end).split('\n')) {
        const [operation, part, token] = line.split('\t');
        if (part === undefined || token === undefined) continue;
        if (operation === ADDED) partOfToken.set(token, part);
        else if (operation === DROPPED) partOfToken.delete(token);
      }
    }
    const present = presentParts(table);
    const dangling = [...partOfToken].filter(([, part]) => !isPresent(part, present));
    if (dangling.length === 0) continue;
    const lines = dangling.map(([token, part]) => `${DROPPED}\t${part}\t${token}\n`);
    appendFileSync(join(logs, newest), lines.join(''), { flush: true });
    forgottenTokens += dangling.length;
  }
  return { forgottenTokens, cutLogs };
}

/** Data directories of all tables of databases of the engine `Atomic`: `store/abc/abcdef…`. */
function tableDirectories(directory: string): readonly string[] {
  const store = join(directory, 'store');
  if (!existsSync(store)) return [];
  return readdirSync(store).flatMap((prefix) =>
    readdirSync(join(store, prefix)).map((table) => join(store, prefix, table)),
  );
}

function logNumber(name: string): number {
  return Number(LOG_NAME.exec(name)?.[1] ?? 0);
}

function partName(name: string): PartName | null {
  const [, partition, first, last] = PART_NAME.exec(name) ?? [];
  if (partition === undefined) return null;
  return { partition, firstBlock: Number(first), lastBlock: Number(last) };
}

/** Parts below a table by partition; unfinished ones (`tmp_…`, `delete_tmp_…`) are none. */
function presentParts(table: string): ReadonlyMap<string, readonly PartName[]> {
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

/** Whether a part, or one it was merged into, is there. A name of another form is left alone. */
function isPresent(name: string, present: ReadonlyMap<string, readonly PartName[]>): boolean {
  const part = partName(name);
  if (part === null) return true;
  return (present.get(part.partition) ?? []).some(
    ({ firstBlock, lastBlock }) => firstBlock <= part.firstBlock && lastBlock >= part.lastBlock,
  );
}
