import { appendFileSync, truncateSync } from 'node:fs';
import {
  holds,
  type PartName,
  partName,
  presentParts,
  readTokens,
  TOKEN_DROPPED,
  tableDirectories,
} from './table-files.js';

/** What was wrong in the logs of one data directory. */
export interface MendedLogs {
  /** Tokens that were remembered for a part that does not exist, and are forgotten now. */
  readonly forgottenTokens: number;
  /** Log files whose last line was cut off, and ends before it now. */
  readonly cutLogs: number;
}

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
    const { files, partOfToken } = readTokens(table);
    const newest = files.at(-1);
    if (newest === undefined) continue;
    for (const { path, text, isCut } of files) {
      if (!isCut) continue;
      // The part of a line that was not finished has not been renamed yet, or is undone.
      truncateSync(path, Buffer.byteLength(text));
      cutLogs += 1;
    }
    const present = presentParts(table);
    const dangling = [...partOfToken].filter(([, part]) => !isPresent(part, present));
    if (dangling.length === 0) continue;
    const lines = dangling.map(([token, part]) => `${TOKEN_DROPPED}\t${part}\t${token}\n`);
    appendFileSync(newest.path, lines.join(''), { flush: true });
    forgottenTokens += dangling.length;
  }
  return { forgottenTokens, cutLogs };
}

/** Whether a part, or one it was merged into, is there. A name of another form is left alone. */
function isPresent(name: string, present: ReadonlyMap<string, readonly PartName[]>): boolean {
  const part = partName(name);
  if (part === null) return true;
  return (present.get(part.partition) ?? []).some((one) => holds(one, part));
}
