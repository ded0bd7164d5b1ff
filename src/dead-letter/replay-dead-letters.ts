import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.js';
import type { AppendRecord, EventLog } from '../event-log/event-log.js';
import type { ProjectStore } from '../project/project-store.js';
import type { WarehouseWriter } from '../warehouse/warehouse.js';
import type { DeadLetter, LetterScope } from './dead-letter.js';
import {
  type LetterSelection,
  type Letters,
  type LettersTreated,
  selectedLetters,
} from './find-letters.js';
import { insertChanges } from './letter-change.js';
import { checkPatchDepth } from './merge-patch.js';
import type { MendedEvent, Reading, ReadLetter, Repair } from './read-letter.js';
import { encodeReplayMark, REPLAY_MARK_HEADER } from './replay-mark.js';

export interface ReplayRequest {
  readonly selection: LetterSelection;
  readonly repair: Repair;
  /** Tell what would come, and change nothing. */
  readonly isDryRun: boolean;
  /** Key of the caller, recorded. */
  readonly by: string;
}

/**
 * `accepted`: its events are on the log (dry run: would be). `refused`: it stays as it was, with
 * the new reason. `already_replayed`: nothing was done.
 */
export type ReplayOutcome = 'accepted' | 'refused' | 'already_replayed';

export interface ReplayResult {
  /** As it is now (dry run: as it would be). */
  readonly letter: DeadLetter;
  readonly outcome: ReplayOutcome;
}

export interface ReplayPorts {
  readonly warehouse: Pick<WarehouseWriter, 'insert'>;
  readonly database: string;
  readonly eventLog: Pick<EventLog, 'append'>;
  readonly letters: Letters;
  readonly readLetter: ReadLetter;
  readonly projects: Pick<ProjectStore, 'project'>;
  readonly clock: () => number;
}

/** Inputs held in memory at once, bytes; one larger letter is a group of its own. */
const GROUP_BYTES = 8 * 1024 * 1024;

interface Tried {
  readonly result: ReplayResult;
  readonly records: readonly AppendRecord[];
}

/**
 * Tries letters again, oldest first, in groups. For each group:
 *
 * 1. Read every letter with the rules in force now, mended by the patch. A dry run ends here.
 * 2. Append the events, each to the topic and partition of its owner. Crash after: the letters are
 *    still open, and the next replay appends the same event ids again, which count once.
 * 3. Record what became of each letter. Crash before: as above.
 *
 * A letter that is refused again stays what it was, open or dropped, with one attempt more and the
 * new reason. One that was replayed is left alone. If the ingester refuses an appended event after
 * all (the warehouse takes no such row), the mark in the record's header opens the letter again.
 *
 * @throws AppError `BAD_USER_INPUT` for a repair that cannot fit the selection, `NOT_FOUND` for an
 *   unknown letter or project, before anything is done; retryable errors of log and warehouse, after which the
 *   same call can be made again.
 */
export async function replayDeadLetters(
  ports: ReplayPorts,
  scope: LetterScope,
  { selection, repair, isDryRun, by }: ReplayRequest,
): Promise<LettersTreated<ReplayResult>> {
  const { warehouse, database, eventLog, letters, clock } = ports;
  await checkRepair(ports, scope, selection, repair);
  const found = await selectedLetters(letters, scope, selection);
  const results: ReplayResult[] = [];
  for (const group of await groupsOf(letters, scope, found.letters)) {
    scope.signal.throwIfAborted();
    const tried = await tryGroup(ports, scope, group, { repair, by });
    results.push(...tried.map(({ result }) => result));
    if (isDryRun) continue;

    const records = tried.flatMap((one) => one.records);
    if (records.length > 0) await eventLog.append(records);

    const changes = tried.flatMap(({ result: { letter, outcome } }) =>
      outcome === 'already_replayed'
        ? []
        : [
            {
              ...letter,
              changedAt: letter.changedAt ?? clock(),
              letterAppendedAt: letter.appendedAt,
            },
          ],
    );
    await warehouse.insert(insertChanges(database, changes, `dead-letters/${randomUUID()}`));
  }
  return { results, last: found.letters.at(-1) ?? null, hasMore: found.hasMore };
}

/** @throws AppError `BAD_USER_INPUT` or `NOT_FOUND` naming the field. */
async function checkRepair(
  { projects }: Pick<ReplayPorts, 'projects'>,
  scope: LetterScope,
  selection: LetterSelection,
  { patch, assignProjectId }: Repair,
): Promise<void> {
  checkPatchDepth(patch);
  const field = 'assignProjectId';
  if (assignProjectId !== undefined && scope.projectId !== '') {
    throw new AppError(
      'BAD_USER_INPUT',
      `${field}: expected letters without a project, these are of ${scope.projectId}`,
      { details: { field } },
    );
  }
  if (assignProjectId !== undefined && (await projects.project(assignProjectId)) === null) {
    const name = assignProjectId.slice(0, 80);
    throw new AppError('NOT_FOUND', `${field}: there is no project ${name}`, {
      details: { field },
    });
  }
  const setsId = typeof patch === 'object' && patch !== null && Object.hasOwn(patch, 'event_id');
  const isOne = 'ids' in selection && new Set(selection.ids).size === 1;
  if (setsId && !isOne) {
    throw new AppError(
      'BAD_USER_INPUT',
      'patch: one that sets event_id fits one letter, named by its id; as many letters would become one event',
      { details: { field: 'patch' } },
    );
  }
}

/** Runs of letters whose inputs may be held in memory together. */
async function groupsOf(
  letters: Pick<Letters, 'sizes'>,
  scope: LetterScope,
  found: readonly DeadLetter[],
): Promise<readonly (readonly DeadLetter[])[]> {
  if (found.length === 0) return [];
  const sizes = await letters.sizes(
    scope,
    found.map(({ deadLetterId }) => deadLetterId),
  );
  const groups: DeadLetter[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const letter of found) {
    const size = sizes.get(letter.deadLetterId) ?? 0;
    if (bytes + size > GROUP_BYTES) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(letter);
    bytes += size;
  }
  return groups;
}

async function tryGroup(
  ports: ReplayPorts,
  scope: LetterScope,
  group: readonly DeadLetter[],
  { repair, by }: Pick<ReplayRequest, 'repair' | 'by'>,
): Promise<readonly Tried[]> {
  const waiting = group.filter(({ state }) => state !== 'replayed');
  const contents = await ports.letters.contents(
    scope,
    waiting.map(({ deadLetterId }) => deadLetterId),
  );
  const tried: Tried[] = [];
  for (const letter of group) {
    if (letter.state === 'replayed') {
      tried.push({ result: { letter, outcome: 'already_replayed' }, records: [] });
      continue;
    }
    const content = contents.get(letter.deadLetterId);
    if (content === undefined) {
      throw new AppError('NOT_FOUND', `ids: the dead letter ${letter.deadLetterId} has expired`, {
        details: { field: 'ids' },
      });
    }
    const reading = await ports.readLetter({ ...letter, ...content }, repair);
    tried.push(judge(letter, await withKnownProjects(ports, reading), by, ports.clock()));
  }
  return tried;
}

/** An event of a project that does not exist would be seen by nobody. */
async function withKnownProjects(
  { projects }: Pick<ReplayPorts, 'projects'>,
  reading: Reading,
): Promise<Reading> {
  if ('reason' in reading) return reading;
  for (const projectId of new Set(reading.events.map((event) => event.projectId))) {
    if ((await projects.project(projectId)) !== null) continue;
    return { reason: 'UNKNOWN_PROJECT', message: `There is no project ${projectId}.` };
  }
  return reading;
}

function judge(letter: DeadLetter, reading: Reading, by: string, changedAt: number): Tried {
  const attempts = letter.attempts + 1;
  if ('reason' in reading) {
    const { reason, message } = reading;
    // A dropped letter keeps who dropped it, and when.
    const changed = letter.state === 'dropped' ? {} : { changedAt, changedBy: by };
    const refused = { ...letter, ...changed, attempts, reason, message };
    return { result: { letter: refused, outcome: 'refused' }, records: [] };
  }
  const accepted: DeadLetter = {
    ...letter,
    attempts,
    state: 'replayed',
    changedAt,
    changedBy: by,
    eventProjectId: reading.events[0]?.projectId ?? '',
    eventIds: reading.events.map(({ eventId }) => eventId),
  };
  return {
    result: { letter: accepted, outcome: 'accepted' },
    records: reading.events.map((event) => marked(event, accepted)),
  };
}

function marked({ record }: MendedEvent, letter: DeadLetter): AppendRecord {
  const mark = encodeReplayMark(letter);
  return { ...record, headers: { ...record.headers, [REPLAY_MARK_HEADER]: mark } };
}
