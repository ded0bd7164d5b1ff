import { createHash } from 'node:crypto';
import type { DeadLetter, LetterContent } from '../src/dead-letter/dead-letter.js';
import { mergePatch } from '../src/dead-letter/merge-patch.js';
import type { ReadLetter, Repair } from '../src/dead-letter/read-letter.js';
import { isAppError } from '../src/errors.js';
import { partitionOf } from '../src/event/partition-of.js';
import { eventKey, type TrackedEvent } from '../src/event/tracked-event.js';
import { admit } from './collector/admission.js';
import { bodyFormatOf } from './collector/body-format.js';
import { decompress } from './collector/read-body.js';
import { mostEvents } from './collector/receive-events.js';
import {
  type BodyEvent,
  readEventBytes,
  type SplitBody,
  splitBody,
} from './collector/split-body.js';
import { visitorAgent } from './collector/visitor-agent.js';
import { type Rejected, rejectionOf } from './dead-letter.js';
import type { EventCodec } from './event-codec.js';
import { eventFields } from './event-fields.js';
import {
  completeEvent,
  eventOfTopicJson,
  isProjectId,
  isTopicJson,
  readTopicJson,
} from './ingester/decode-event.js';
import { checkEvent, isRejected, type ParseContext, parseEvent } from './parse-event.js';

export interface ReadLetterOptions {
  readonly codec: Pick<EventCodec, 'decode' | 'encode' | 'prepare' | 'prepareToEncode'>;
  readonly topics: { readonly web: string; readonly app: string };
  readonly partitionCount: number;
  readonly limits: { readonly maxBodyBytes: number; readonly maxEventBytes: number };
  /** Project of events of other producers that name none; empty: they are refused. */
  readonly defaultProjectId: string;
}

type Letter = DeadLetter & LetterContent;

/**
 * Makes the function that reads a dead letter again, with the code that read it first: admission
 * for what came over HTTP, decoding for what came from a topic. Every event keeps the moment at
 * which the input first came, and what was known of its sender.
 *
 * With a patch, an event without `event_id` gets one derived from the letter (a UUID of version 8
 * from a SHA-256), so that the second replay makes the same event again.
 */
export function createReadLetter({
  codec,
  topics,
  partitionCount,
  limits,
  defaultProjectId,
}: ReadLetterOptions): ReadLetter {
  return async (letter, repair) => {
    await codec.prepareToEncode();
    const events = await readEvents(letter, repair);
    if (isRejected(events)) return { reason: events.reason, message: events.message };
    return {
      events: events.map((event) => ({
        projectId: event.projectId,
        eventId: event.eventId,
        record: {
          topic: event.platform === 'mobile' ? topics.app : topics.web,
          partition: partitionOf(event.projectId, event.eventId, partitionCount),
          key: Buffer.from(eventKey(event.projectId, event.eventId)),
          value: codec.encode(event),
        },
      })),
    };
  };

  async function readEvents(
    letter: Letter,
    repair: Repair,
  ): Promise<readonly TrackedEvent[] | Rejected> {
    if (letter.source === 'http') {
      return letter.headers.index === undefined
        ? readBody(letter, repair)
        : single(admitEvent(letter, eventSource(letter), letter.value.length, repair, 0));
    }
    return single(await readRecord(letter, repair));
  }

  /** A whole request that could not be cut into events. */
  async function readBody(
    letter: Letter,
    repair: Repair,
  ): Promise<readonly TrackedEvent[] | Rejected> {
    let body = await splitLetter(letter);
    let rest = repair;
    if (isRejected(body)) {
      if (repair.patch === undefined) return body;
      // Nothing of it can be read, so the patch is the body.
      body = cut(Buffer.from(JSON.stringify(mergePatch(undefined, repair.patch))), 'json');
      if (isRejected(body)) return body;
      rest = { ...repair, patch: {} };
    }
    const events: TrackedEvent[] = [];
    for (const [index, source] of body.events.entries()) {
      const event = admitEvent(letter, source, body.bytesOf(index).length, rest, index);
      if (isRejected(event)) {
        return { reason: event.reason, message: `Event ${index} of the body: ${event.message}` };
      }
      events.push(event);
    }
    return events;
  }

  async function splitLetter(letter: Letter): Promise<SplitBody | Rejected> {
    const problem = cutShort(letter);
    if (problem !== null) return problem;
    try {
      const encoding = textOf(letter, 'content-encoding');
      const bytes = await decompress(letter.value, encoding, limits.maxBodyBytes);
      return cut(bytes, bodyFormatOf(textOf(letter, 'content-type')));
    } catch (error) {
      return bodyProblem(error);
    }
  }

  function cut(bytes: Buffer, format: 'json' | 'ndjson' | 'either'): SplitBody | Rejected {
    try {
      return splitBody(bytes, format, { maxEvents: mostEvents(limits.maxBodyBytes) });
    } catch (error) {
      return bodyProblem(error);
    }
  }

  /** One event that came over HTTP, as the collector admits it. */
  function admitEvent(
    letter: Letter,
    source: BodyEvent,
    size: number,
    { patch }: Repair,
    index: number,
  ): TrackedEvent | Rejected {
    const context: ParseContext = {
      projectId: letter.projectId,
      isTrusted: textOf(letter, 'is_trusted') === 'true',
      receivedAt: letter.receivedAt,
      ip: textOf(letter, 'client_ip'),
      userAgent: visitorAgent(textOf(letter, 'user_agent')),
    };
    const { maxEventBytes } = limits;
    if (patch === undefined) {
      return admit({ source, size, context, maxEventBytes, event: null });
    }
    const value = patched(source.value, patch, letter, index);
    return admit({
      source: { value, problem: null },
      size: Buffer.byteLength(JSON.stringify(value)),
      context,
      maxEventBytes,
      event: null,
    });
  }

  /** One value of a topic, as the ingester decodes it. */
  async function readRecord(
    letter: Letter,
    { patch, assignProjectId }: Repair,
  ): Promise<TrackedEvent | Rejected> {
    const { value, receivedAt } = letter;
    const fallback = letter.projectId === '' ? defaultProjectId : letter.projectId;
    await codec.prepare([value]);
    const assigned = (event: TrackedEvent): TrackedEvent =>
      assignProjectId === undefined || isProjectId(event.projectId)
        ? event
        : { ...event, projectId: assignProjectId };
    const complete = (event: TrackedEvent | Rejected) =>
      isRejected(event)
        ? event
        : completeEvent(assigned(event), { defaultProjectId: fallback, appendedAt: receivedAt });

    if (isTopicJson(value)) {
      const json = readTopicJson(value);
      const input = 'input' in json ? json.input : undefined;
      if (patch !== undefined) {
        return complete(eventOfTopicJson(patched(input, patch, letter, 0), ''));
      }
      return complete('input' in json ? eventOfTopicJson(input, '') : json);
    }
    const decoded = decodeAvro(value);
    if (patch !== undefined) {
      const fields = isRejected(decoded) ? undefined : eventFields(decoded);
      const input = patched(fields, patch, letter, 0);
      if (isRejected(decoded)) return complete(eventOfTopicJson(input, ''));
      const { isTrusted, ip, userAgent } = decoded;
      const context = { projectId: '', isTrusted, receivedAt: decoded.receivedAt, ip, userAgent };
      return complete(parseEvent(input, { ...context, acceptsProjectId: true }));
    }
    return isRejected(decoded) ? decoded : complete(checkEvent(decoded));
  }

  function decodeAvro(value: Buffer): TrackedEvent | Rejected {
    try {
      return codec.decode(value);
    } catch (error) {
      const rejection = rejectionOf(error);
      if (rejection === null) throw error;
      return rejection;
    }
  }
}

function single(event: TrackedEvent | Rejected): readonly TrackedEvent[] | Rejected {
  return isRejected(event) ? event : [event];
}

/** The patched event; the number tells the events of one body apart. */
function patched(target: unknown, patch: unknown, letter: DeadLetter, index: number): unknown {
  const merged = mergePatch(target, patch);
  if (typeof merged !== 'object' || merged === null || Array.isArray(merged)) return merged;
  const { event_id: id } = merged as { readonly event_id?: unknown };
  const hasId = id !== undefined && id !== null && id !== '';
  return hasId ? merged : { ...merged, event_id: derivedEventId(letter, index) };
}

/** A UUID of version 8 (RFC 9562): the first bits of a SHA-256 over project, letter and number. */
function derivedEventId({ projectId, deadLetterId }: DeadLetter, index: number): string {
  const bytes = createHash('sha256')
    .update(`${eventKey(projectId, deadLetterId)}\u0000${index}`)
    .digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

/** Input that was too large to be kept whole can only be replaced. */
function cutShort(letter: Letter): Rejected | null {
  const fullSize = textOf(letter, 'full_size');
  if (fullSize === '') return null;
  return {
    reason: letter.headers.index === undefined ? 'MALFORMED_BODY' : 'EVENT_TOO_LARGE',
    message: `Only the first ${letter.value.length} of ${fullSize} bytes were kept.`,
  };
}

function eventSource(letter: Letter): BodyEvent {
  const problem = cutShort(letter);
  return problem === null ? readEventBytes(letter.value) : { value: undefined, problem };
}

function textOf({ headers }: LetterContent, name: string): string {
  return headers[name]?.toString('utf8') ?? '';
}

function bodyProblem(error: unknown): Rejected {
  if (!isAppError(error) || error.isRetryable) throw error;
  return { reason: 'MALFORMED_BODY', message: error.message };
}
