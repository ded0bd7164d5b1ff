import { randomUUID } from 'node:crypto';
import { AppError, isAppError } from '../../src/errors.js';
import { partitionOf } from '../../src/event/partition-of.js';
import { eventKey, type TrackedEvent } from '../../src/event/tracked-event.js';
import type { AppendRecord, EventLog } from '../../src/event-log/event-log.js';
import type { DeadLetterCodec, Rejected } from '../dead-letter.js';
import type { EventCodec } from '../event-codec.js';
import { isRejected, type ParseContext } from '../parse-event.js';
import { admit } from './admission.js';
import type { CollectorMetrics } from './collector-metrics.js';
import type { RateLimit } from './rate-limit.js';
import { type BodyBudget, decompress } from './read-body.js';
import { type BodyEvent, type BodyFormat, type SplitBody, splitBody } from './split-body.js';
import { visitorAgent } from './visitor-agent.js';

/** Where events of each kind go. */
export interface CollectorTopics {
  readonly web: string;
  readonly app: string;
  readonly deadLetters: string;
}

/** One request whose sender is known. */
export interface Received {
  readonly raw: Buffer;
  /** Lower case; empty when the body is not compressed. */
  readonly encoding: string;
  readonly format: BodyFormat;
  /** As sent, for the dead letters. */
  readonly contentType: string;
  readonly keyId: string;
  readonly projectId: string;
  /** The key has the importer scope. */
  readonly isTrusted: boolean;
  readonly ip: string;
  readonly userAgent: string;
}

/** The answer to a request: every event is in one of the two. */
export interface Receipt {
  readonly accepted: number;
  readonly rejected: readonly RejectedEvent[];
}

export interface RejectedEvent {
  /** Place in the array, batch or lines, from 0. */
  readonly index: number;
  readonly event_id: string | null;
  readonly code: string;
  readonly message: string;
}

export interface ReceiveEventsOptions {
  readonly log: Pick<EventLog, 'append' | 'partitionCount'>;
  readonly codec: Pick<EventCodec, 'encode' | 'prepareToEncode'>;
  readonly deadLetters: Pick<DeadLetterCodec, 'encode'>;
  readonly topics: CollectorTopics;
  readonly limits: { readonly maxBodyBytes: number; readonly maxEventBytes: number };
  readonly rateLimit: RateLimit;
  readonly metrics: CollectorMetrics;
  /** Bytes held by all requests; those of `raw` are taken and given by the caller. */
  readonly budget: BodyBudget;
  /** ms since 1970. */
  readonly clock: () => number;
}

/** No valid event is shorter; so a body of valid events never has too many of them. */
const SHORTEST_EVENT_BYTES = 64;

/** Most events in a body of this size; more cannot all be valid. */
export function mostEvents(bodyBytes: number): number {
  return Math.ceil(bodyBytes / SHORTEST_EVENT_BYTES);
}

/** What a broker takes in one message by default, less room for the envelope. */
const MAX_DEAD_LETTER_BYTES = 786_432;

/**
 * Makes the function that turns a request into log records: parse → admit → stamp → append. Its
 * promise resolves when the log has all events durably, the refused ones among the dead letters.
 *
 * It rejects with an AppError: `MALFORMED_BODY` (the body is a dead letter then), `PAYLOAD_TOO_LARGE`,
 * `RATE_LIMITED` (details `retryAfterSeconds`), or what the log rejected with. In the last case
 * some events may be in the log; sending the same ids again makes it right.
 */
export function createReceiveEvents(
  options: ReceiveEventsOptions,
): (request: Received) => Promise<Receipt> {
  const { log, codec, topics, limits, rateLimit, metrics, budget, clock } = options;
  const splitLimits = { maxEvents: mostEvents(limits.maxBodyBytes) };

  async function append(records: readonly AppendRecord[]): Promise<void> {
    const stop = metrics.appendSeconds.startTimer();
    await log.append(records);
    stop();
  }

  function toRecord(event: TrackedEvent): AppendRecord {
    const { projectId, eventId } = event;
    return {
      topic: event.platform === 'mobile' ? topics.app : topics.web,
      partition: partitionOf(projectId, eventId, log.partitionCount),
      key: Buffer.from(eventKey(projectId, eventId)),
      value: codec.encode(event),
    };
  }

  /** Keeps the input and what is needed to send it again as if it had come from the same sender. */
  function toDeadLetter(
    request: Received,
    { reason, message }: Rejected,
    input: Buffer,
    receivedAt: number,
    headers: Readonly<Record<string, string>>,
  ): AppendRecord {
    const deadLetterId = randomUUID();
    const isCut = input.length > MAX_DEAD_LETTER_BYTES;
    const notes: Record<string, string> = {
      ...headers,
      key_id: request.keyId,
      is_trusted: String(request.isTrusted),
      client_ip: request.ip,
      user_agent: request.userAgent,
      ...(isCut ? { full_size: String(input.length) } : {}),
    };
    const value = options.deadLetters.encode({
      deadLetterId,
      projectId: request.projectId,
      reason,
      message: isCut ? `${message} Only its first ${MAX_DEAD_LETTER_BYTES} bytes fit.` : message,
      source: 'http',
      sourcePartition: -1,
      sourceOffset: -1n,
      attempts: 1,
      receivedAt,
      key: null,
      value: isCut ? input.subarray(0, MAX_DEAD_LETTER_BYTES) : input,
      headers: Object.fromEntries(
        Object.entries(notes).map(([name, text]) => [name, Buffer.from(text)]),
      ),
    });
    return {
      topic: topics.deadLetters,
      partition: partitionOf(request.projectId, deadLetterId, log.partitionCount),
      key: Buffer.from(eventKey(request.projectId, deadLetterId)),
      value,
    };
  }

  /** Runs a step that may find the body unreadable, and keeps the body as a dead letter then. */
  async function orDeadLetter<T>(
    request: Received,
    receivedAt: number,
    step: () => T | Promise<T>,
  ): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (!isAppError(error, 'MALFORMED_BODY') || request.raw.length === 0) throw error;
      const refusal: Rejected = { reason: 'MALFORMED_BODY', message: error.message };
      const headers = {
        'content-type': request.contentType,
        ...(request.encoding === '' ? {} : { 'content-encoding': request.encoding }),
      };
      await append([toDeadLetter(request, refusal, request.raw, receivedAt, headers)]);
      metrics.rejected.inc({ code: 'MALFORMED_BODY', step: 'body' });
      throw error;
    }
  }

  async function receive(
    request: Received,
    body: SplitBody,
    bodyBytes: number,
    receivedAt: number,
  ): Promise<Receipt> {
    const { length } = body.events;
    const retryAfterSeconds = rateLimit.take(request.keyId, length);
    if (retryAfterSeconds > 0) {
      throw new AppError(
        'RATE_LIMITED',
        `The key sends more events than it may; send these again in ${retryAfterSeconds} s.`,
        { isRetryable: true, details: { retryAfterSeconds } },
      );
    }
    const context: ParseContext = {
      projectId: request.projectId,
      isTrusted: request.isTrusted,
      receivedAt,
      ip: request.ip,
      userAgent: visitorAgent(request.userAgent),
    };
    // A small body cannot hold a large event; then nobody needs to know where events begin.
    const isSmall = bodyBytes <= limits.maxEventBytes;
    const records: AppendRecord[] = [];
    const rejected: RejectedEvent[] = [];
    const refusals: { readonly code: string; readonly step: string }[] = [];
    body.events.forEach((source, index) => {
      const result = admit({
        source,
        size: isSmall || source.problem !== null ? 0 : body.bytesOf(index).length,
        context,
        maxEventBytes: limits.maxEventBytes,
        event: null,
      });
      if (!isRejected(result)) {
        records.push(toRecord(result));
        return;
      }
      const headers = { 'content-type': 'application/json', index: String(index) };
      records.push(toDeadLetter(request, result, body.bytesOf(index), receivedAt, headers));
      refusals.push({ code: result.reason, step: result.step });
      rejected.push({
        index,
        event_id: idOf(source),
        code: result.reason,
        message: result.message,
      });
    });
    if (records.length > 0) await append(records);
    const accepted = length - rejected.length;
    metrics.accepted.inc(accepted);
    for (const labels of refusals) metrics.rejected.inc(labels);
    return { accepted, rejected };
  }

  return async (request) => {
    const receivedAt = clock();
    await codec.prepareToEncode();
    const bytes = await orDeadLetter(request, receivedAt, () =>
      decompress(request.raw, request.encoding, limits.maxBodyBytes),
    );
    // What is parsed and encoded from a body takes a multiple of its bytes.
    budget.take(bytes.length);
    try {
      const body = await orDeadLetter(request, receivedAt, () =>
        splitBody(bytes, request.format, splitLimits),
      );
      return await receive(request, body, bytes.length, receivedAt);
    } finally {
      budget.give(bytes.length);
    }
  };
}

/** The id by which the sender may know a refused event. */
function idOf({ value }: BodyEvent): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const id = (value as { readonly event_id?: unknown }).event_id;
  return typeof id === 'string' && id !== '' ? id.slice(0, 200) : null;
}
