import { isUtf8 } from 'node:buffer';
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
  function parseJson(value: Buffer): TrackedEvent | RefusedMessage {
    const json = readTopicJson(value);
    return 'reason' in json
      ? { ...json, projectId: defaultProjectId }
      : eventOfTopicJson(json.input, defaultProjectId);
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
    const event = isTopicJson(value) ? parseJson(value) : decodeAvro(value);
    return isRejected(event) ? event : completeEvent(event, { defaultProjectId, appendedAt });
  };
}

/** Whether a value of a topic is to be read as JSON; Avro framings begin otherwise. */
export function isTopicJson(value: Buffer): boolean {
  return value[0] === OPENING_BRACE;
}

/** The JSON in a value of a topic, parsed. */
export function readTopicJson(value: Buffer): { readonly input: unknown } | Rejected {
  if (!isUtf8(value)) {
    return { reason: 'INVALID_STRING', message: 'Expected UTF-8, got bytes that are not.' };
  }
  try {
    return { input: JSON.parse(value.toString('utf8')) as unknown };
  } catch {
    // The parser's message would quote the value, which must not reach logs.
    const message = `Expected one JSON object, got ${value.length} bytes that are none.`;
    return { reason: 'MALFORMED_JSON', message };
  }
}

/**
 * The event in parsed JSON of a topic, received at 0: the log knows when.
 *
 * @param defaultProjectId Of an event that names none; may be empty.
 */
export function eventOfTopicJson(
  input: unknown,
  defaultProjectId: string,
): TrackedEvent | RefusedMessage {
  const event = parseEvent(input, {
    projectId: defaultProjectId,
    isTrusted: false,
    receivedAt: 0,
    ip: '',
    userAgent: '',
    acceptsProjectId: true,
  });
  if (!isRejected(event)) return event;
  const named = (input as { readonly project_id?: unknown } | null)?.project_id;
  return { ...event, projectId: projectIdOr(named, defaultProjectId) };
}

/** Fills in what the log knows of an event: its project if it names none, and when it was received. */
export function completeEvent(
  event: TrackedEvent,
  { defaultProjectId, appendedAt }: { defaultProjectId: string; appendedAt: number },
): TrackedEvent | RefusedMessage {
  const projectId = event.projectId === '' ? defaultProjectId : event.projectId;
  if (!isProjectId(projectId)) {
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
}

/** Whether a text can be the id of a project. */
export function isProjectId(text: string): boolean {
  return PROJECT_ID.test(text);
}

/** What a refused message names as its project, if that can be one. */
function projectIdOr(named: unknown, otherwise: string): string {
  return typeof named === 'string' && isProjectId(named) ? named : otherwise;
}
