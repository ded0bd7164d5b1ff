import { mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  holds,
  type PartName,
  partName,
  presentParts,
  readTokens,
  tableDirectories,
} from './table-files.js';

/** What a power loss left of writes that nobody was told of. */
export interface UndoneParts {
  /** Parts of single blocks that were moved to `detached/` of their table. */
  readonly undone: readonly string[];
  /** Such parts that stay, because what they were merged with is no longer there alone. */
  readonly kept: readonly string[];
}

/** The file that says up to when writes are settled. */
export function settledPath(directory: string): string {
  return join(directory, 'sluice-settled');
}

/** @param at ms since 1970. */
export function formatSettledUntil(at: number): string {
  // One width, so that it is overwritten in place.
  return `${at.toFixed(3).padStart(18, '0')}\n`;
}

/** No writes are followed from here on, so the next start must not judge parts by an old moment. */
export function forgetSettled(directory: string): void {
  rmSync(settledPath(directory), { force: true });
}

/**
 * Takes back the blocks whose tokens a power loss took; to be called before the engine opens the
 * directory, after the logs were mended.
 *
 * A part is on disk before it has its name, its token only when the insert is confirmed
 * (`durable-writes.ts`). So a power loss can leave a part whose token is gone, and the replay of the
 * batch would put its rows there a second time. Such a part holds one block, has no token, and was
 * written after the moment that is noted as settled: its insert was never confirmed, and taking it
 * back leaves a state in which the replay writes just what is missing. It is moved, not deleted.
 *
 * Where it was merged meanwhile, the merged part goes too and its sources take its place: the engine
 * keeps them for a while (`old_parts_lifetime`, see `clickhouse/durability.ts`).
 *
 * Parts that carry no token by nature (`ATTACH`, `REPLACE PARTITION`) are made of hard links, which
 * shows in the times of their files, and are left alone.
 */
export function undoUnsettledParts(directory: string): UndoneParts {
  const undone: string[] = [];
  const kept: string[] = [];
  const settledUntil = readSettledUntil(directory);
  if (settledUntil === null) return { undone, kept };
  for (const table of tableDirectories(directory)) {
    const { files, partOfToken } = readTokens(table);
    if (files.length === 0) continue;
    const remembered = [...partOfToken.values()];
    const isRemembered = new Set(remembered);
    for (const parts of presentParts(table).values()) {
      const unsettled = parts.filter(
        (part) =>
          isAsInserted(part, parts) &&
          !isRemembered.has(part.name) &&
          writtenAt(join(table, part.name)) >= settledUntil,
      );
      if (unsettled.length === 0) continue;
      const merged = parts.filter(
        (part) => !unsettled.includes(part) && unsettled.some((one) => holds(part, one)),
      );
      const rest = parts.filter((part) => !unsettled.includes(part) && !merged.includes(part));
      const paths = unsettled.map(({ name }) => join(table, name));
      if (!isHeldByAll(remembered, merged, rest)) {
        kept.push(...paths);
        continue;
      }
      mkdirSync(join(table, 'detached'), { recursive: true });
      // The merged ones first: without them a start that is interrupted here finds the same again.
      for (const { name } of [...merged, ...unsettled]) {
        renameSync(join(table, name), freeName(join(table, 'detached', `unsettled_${name}`)));
      }
      undone.push(...paths);
    }
  }
  return { undone, kept };
}

/**
 * Whether a part is as an insert makes it: one block, neither merged nor mutated. Tables that aggregate
 * do so already at the insert and begin at level 1; elsewhere level 1 has its source beside it.
 */
function isAsInserted(part: PartName, parts: readonly PartName[]): boolean {
  const { name, firstBlock, lastBlock } = part;
  if (firstBlock !== lastBlock) return false;
  const block = `${part.partition}_${firstBlock}_${lastBlock}`;
  if (name === `${block}_0`) return true;
  return name === `${block}_1` && parts.every((other) => other.name !== `${block}_0`);
}

/** Whether every remembered block of the merged parts is in one of the rest. */
function isHeldByAll(
  remembered: readonly string[],
  merged: readonly PartName[],
  rest: readonly PartName[],
): boolean {
  return remembered.every((name) => {
    const block = partName(name);
    if (block === null) return true;
    const isTouched = merged.some(
      (part) => part.partition === block.partition && holds(part, block),
    );
    return !isTouched || rest.some((part) => holds(part, block));
  });
}

function freeName(path: string): string {
  for (let attempt = 0; ; attempt += 1) {
    const name = attempt === 0 ? path : `${path}_try${attempt}`;
    if (statSync(name, { throwIfNoEntry: false }) === undefined) return name;
  }
}

/** When an insert wrote the files of a part, ms since 1970; long ago for what no insert wrote. */
function writtenAt(part: string): number {
  const file = statSync(join(part, 'checksums.txt'), { throwIfNoEntry: false });
  // Making or removing a link changes a file's status, but not its content.
  const isWrittenOnly = file !== undefined && file.ctimeMs === file.mtimeMs;
  return isWrittenOnly ? file.mtimeMs : Number.NEGATIVE_INFINITY;
}

function readSettledUntil(directory: string): number | null {
  let text: string;
  try {
    text = readFileSync(settledPath(directory), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  // Begun and not written yet: no write was confirmed under it.
  return /^\d{14}\.\d{3}\n/.test(text) ? Number.parseFloat(text) : null;
}
