import type { TrackedEvent } from '../../src/event/tracked-event.js';
import type { LogRecord } from '../../src/event-log/event-log.js';
import { type Rejected, rejectionOf } from '../dead-letter.js';
import type { EventCodec } from '../event-codec.js';
import { checkEvent, isRejected, parseEvent } from '../parse-event.js';
import { label } from '../property-text.js';

export interface DecodeEventOptions {
  readonly codec: Pick<EventCodec, 'decode'>;
  /** Project of events that name none. Left out: such events are refused. */
  readonly defaultProjectId?: string;
}

/** A message that can never become an event. */
export interface RefusedMessage extends Rejected {
  /** The project it names, else the default one; empty when neither is known. */
  readonly projectId: string;
}

/** See {@link createDecodeEvent}. */
export type DecodeEvent = (
  record: Pick<LogRecord, 'value' | 'appendedAt'>,
) => TrackedEvent | RefusedMessage;

const OPENING_BRACE = 0x7b;
/** What an id of a project looks like (`src/project/project-input.ts`). */
const PROJECT_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/**
 * Makes the function message → accepted event | refusal. Pure: the same bytes always give the same
 * answer, or a replay would not be one. Hence whether a project exists is not asked here; the
 * collector has asked it.
 *
 * A value is Avro or, from other producers, one JSON object with the fields of the collector's
 * contract and `project_id`. The rules of validity are applied to both, since not every producer is
 * a collector. An event without a moment of receipt was received when the log took it.
 *
 * The function throws only what says nothing about the bytes (retryable errors, defects).
 */
export function createDecodeEvent({
  codec,
  defaultProjectId = '',
}: DecodeEventOptions): DecodeEvent {
  const utf8 = new TextDecoder('utf-8', { fatal: true });

  function parseJson(value: Buffer): TrackedEvent | RefusedMessage {
    const projectId = defaultProjectId;
    let text: string;
    try {
      text = utf8.decode(value);
    } catch {
      const message = 'Expected UTF-8, got bytes that are not.';
      return { projectId, reason: 'INVALID_STRING', message };
    }
    let input: unknown;
    try {
      input = JSON.parse(text);
    } catch {
      // The parser's message would quote the value, which must not reach logs.
      const message = `Expected one JSON object, got ${value.length} bytes that are none.`;
      return { projectId, reason: 'MALFORMED_JSON', message };
    }
    const event = parseEvent(input, {
      projectId,
      isTrusted: false,
      receivedAt: 0,
      ip: '',
      userAgent: '',
      acceptsProjectId: true,
    });
    if (!isRejected(event)) return event;
    const named = (input as { readonly project_id?: unknown } | null)?.project_id;
    return { ...event, projectId: projectIdOr(named, projectId) };
  }

  function decodeAvro(value: Buffer): TrackedEvent | RefusedMessage {
    let decoded: TrackedEvent;
    try {
      decoded = codec.decode(value);
    } catch (error) {
      const rejection = rejectionOf(error);
      if (rejection === null) throw error;
      return { ...rejection, projectId: defaultProjectId };
    }
    const event = checkEvent(decoded);
    return isRejected(event)
      ? { ...event, projectId: projectIdOr(decoded.projectId, defaultProjectId) }
      : event;
  }

  return ({ value, appendedAt }) => {
    const event = value[0] === OPENING_BRACE ? parseJson(value) : decodeAvro(value);
    if (isRejected(event)) return event;
    const projectId = event.projectId === '' ? defaultProjectId : event.projectId;
    if (!PROJECT_ID.test(projectId)) {
      return {
        projectId: '',
        reason: 'UNKNOWN_PROJECT',
        message: `Expected "project_id" of 1 to 64 of a-z, 0-9, - and _, got ${label(projectId)}.`,
      };
    }
    const receivedAt = event.receivedAt === 0 ? appendedAt : event.receivedAt;
    return projectId === event.projectId && receivedAt === event.receivedAt
      ? event
      : { ...event, projectId, receivedAt };
  };
}

/** What a refused message names as its project, if that can be one. */
function projectIdOr(named: unknown, otherwise: string): string {
  return typeof named === 'string' && PROJECT_ID.test(named) ? named : otherwise;
}
