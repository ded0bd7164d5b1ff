import type { TrackedEvent } from '../../src/event/tracked-event.js';
import type { LogRecord } from '../../src/event-log/event-log.js';
import { type Rejected, rejectionOf } from '../dead-letter.js';
import type { EventCodec } from '../event-codec.js';
import { checkEvent, isRejected, parseEvent } from '../parse-event.js';

export interface DecodeEventOptions {
  readonly codec: Pick<EventCodec, 'decode'>;
  /** Project of events that name none. Left out: such events are refused. */
  readonly defaultProjectId?: string;
}

/** See {@link createDecodeEvent}. */
export type DecodeEvent = (
  record: Pick<LogRecord, 'value' | 'appendedAt'>,
) => TrackedEvent | Rejected;

const OPENING_BRACE = 0x7b;

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

  function parseJson(value: Buffer): TrackedEvent | Rejected {
    let text: string;
    try {
      text = utf8.decode(value);
    } catch {
      return { reason: 'INVALID_STRING', message: 'Expected UTF-8, got bytes that are not.' };
    }
    let input: unknown;
    try {
      input = JSON.parse(text);
    } catch {
      // The parser's message would quote the value, which must not reach logs.
      return {
        reason: 'MALFORMED_JSON',
        message: `Expected one JSON object, got ${value.length} bytes that are none.`,
      };
    }
    return parseEvent(input, {
      projectId: defaultProjectId,
      isTrusted: false,
      receivedAt: 0,
      ip: '',
      userAgent: '',
      acceptsProjectId: true,
    });
  }

  function decodeAvro(value: Buffer): TrackedEvent | Rejected {
    try {
      return checkEvent(codec.decode(value));
    } catch (error) {
      const rejection = rejectionOf(error);
      if (rejection === null) throw error;
      return rejection;
    }
  }

  return ({ value, appendedAt }) => {
    const event = value[0] === OPENING_BRACE ? parseJson(value) : decodeAvro(value);
    if (isRejected(event)) return event;
    const projectId = event.projectId === '' ? defaultProjectId : event.projectId;
    if (projectId === '') {
      return {
        reason: 'UNKNOWN_PROJECT',
        message: 'Expected "project_id", since no default project is set; got none.',
      };
    }
    const receivedAt = event.receivedAt === 0 ? appendedAt : event.receivedAt;
    return projectId === event.projectId && receivedAt === event.receivedAt
      ? event
      : { ...event, projectId, receivedAt };
  };
}
