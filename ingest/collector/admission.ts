import type { TrackedEvent } from '../../src/event/tracked-event.js';
import type { Rejected, RejectReason } from '../dead-letter.js';
import { isRejected, type ParseContext, parseEvent } from '../parse-event.js';
import type { BodyEvent } from './split-body.js';

/** Why the collector refuses one event. The other reasons arise only on topics. */
export type DropReason = Exclude<
  RejectReason,
  'INVALID_PROPERTY' | 'NOT_AVRO' | 'MALFORMED_AVRO' | 'SCHEMA_UNKNOWN' | 'SCHEMA_INCOMPATIBLE'
>;

/** One event on its way through the steps. */
export interface Candidate {
  readonly source: BodyEvent;
  /** Bytes of its JSON, as sent. */
  readonly size: number;
  readonly context: ParseContext;
  readonly maxEventBytes: number;
  /** Set by the step `contract`; steps after it may replace it. */
  event: TrackedEvent | null;
}

/** One rule of admission: refuses the candidate, or lets it pass to the next step. */
export interface AdmissionStep {
  /** By which metrics name it. */
  readonly name: string;
  readonly admit: (candidate: Candidate) => Rejected | null;
}

/** What every event passes, in this order. */
export const ADMISSION_STEPS: readonly AdmissionStep[] = [
  { name: 'readable', admit: ({ source }) => source.problem },
  { name: 'size', admit: withinSize },
  { name: 'contract', admit: asContracted },
];

/** Runs the steps: the event as admitted, or the first refusal and the step that spoke it. */
export function admit(
  candidate: Candidate,
  steps: readonly AdmissionStep[] = ADMISSION_STEPS,
): TrackedEvent | (Rejected & { readonly step: string }) {
  for (const step of steps) {
    const refusal = step.admit(candidate);
    if (refusal !== null) return { ...refusal, step: step.name };
  }
  if (candidate.event === null) throw new TypeError('expected a step that sets the event');
  return candidate.event;
}

function withinSize({ size, maxEventBytes }: Candidate): Rejected | null {
  if (size <= maxEventBytes) return null;
  return {
    reason: 'EVENT_TOO_LARGE',
    message: `Expected an event of at most ${maxEventBytes} bytes, got ${size}.`,
  };
}

function asContracted(candidate: Candidate): Rejected | null {
  const result = parseEvent(candidate.source.value, candidate.context);
  if (isRejected(result)) return result;
  candidate.event = result;
  return null;
}
