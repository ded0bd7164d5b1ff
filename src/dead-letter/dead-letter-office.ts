import type { EventLog } from '../event-log/event-log.js';
import type { ProjectStore } from '../project/project-store.js';
import type { WarehouseReader, WarehouseWriter } from '../warehouse/warehouse.js';
import type { DeadLetter, DeadLetterFilter, LetterContent, LetterScope } from './dead-letter.js';
import type { LetterPage } from './dead-letter-statement.js';
import { type DropRequest, type DropResult, dropDeadLetters } from './drop-dead-letters.js';
import { type LettersFound, type LettersTreated, readLetters } from './find-letters.js';
import type { ReadLetter } from './read-letter.js';
import { type ReplayRequest, type ReplayResult, replayDeadLetters } from './replay-dead-letters.js';

/** Dead letters as an administrator looks through them, bound to the ports of this process. */
export interface DeadLetterOffice {
  /** Letters of a scope, newest first. @throws AppError `BAD_USER_INPUT` for an unknown reason. */
  list(scope: LetterScope, page: LetterPage): Promise<LettersFound>;
  /** How many letters fit. @throws AppError as `list`. */
  count(scope: LetterScope, filter: DeadLetterFilter): Promise<number>;
  /** One letter; null when the scope has none with this id. */
  show(scope: LetterScope, deadLetterId: string): Promise<DeadLetter | null>;
  /** Its input; null when the scope has no letter with this id. */
  content(scope: LetterScope, deadLetterId: string): Promise<LetterContent | null>;
  /** See {@link replayDeadLetters}. */
  replay(scope: LetterScope, request: ReplayRequest): Promise<LettersTreated<ReplayResult>>;
  /** See {@link dropDeadLetters}. */
  drop(scope: LetterScope, request: DropRequest): Promise<LettersTreated<DropResult>>;
}

export interface OfficePorts {
  readonly warehouse: Pick<WarehouseReader & WarehouseWriter, 'query' | 'insert'>;
  readonly database: string;
  readonly eventLog: Pick<EventLog, 'append'>;
  readonly readLetter: ReadLetter;
  readonly projects: Pick<ProjectStore, 'project'>;
  /** Time in ms since 1970. */
  readonly clock: () => number;
}

export function createDeadLetterOffice(ports: OfficePorts): DeadLetterOffice {
  const letters = readLetters(ports);
  return {
    list: (scope, page) => letters.page(scope, page, 'newest'),
    count: letters.count,
    async show(scope, deadLetterId) {
      return (await letters.byId(scope, [deadLetterId])).get(deadLetterId) ?? null;
    },
    async content(scope, deadLetterId) {
      return (await letters.contents(scope, [deadLetterId])).get(deadLetterId) ?? null;
    },
    replay: (scope, request) => replayDeadLetters({ ...ports, letters }, scope, request),
    drop: (scope, request) => dropDeadLetters({ ...ports, letters }, scope, request),
  };
}
