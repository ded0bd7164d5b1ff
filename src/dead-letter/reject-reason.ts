/** Why an input can never become an event. Closed: a new reason gets a new code here. */
export const REJECT_REASONS = [
  /** The request body as a whole is no JSON, no UTF-8, or cannot be decompressed. */
  'MALFORMED_BODY',
  /** One line of NDJSON, or one value of a topic, is no JSON. */
  'MALFORMED_JSON',
  /** The input is JSON but no object. */
  'NOT_AN_OBJECT',
  /** The JSON of one event is larger than the limit. */
  'EVENT_TOO_LARGE',
  'MISSING_EVENT_ID',
  'EVENT_ID_TOO_LONG',
  'MISSING_EVENT_NAME',
  'MISSING_TIMESTAMP',
  'INVALID_TIMESTAMP',
  /** An instant before 1970, or a moment of receipt after 2100. */
  'TIME_OUT_OF_RANGE',
  /** Neither `anonymous_id` nor `user_id`. */
  'MISSING_ACTOR',
  'INVALID_PLATFORM',
  /** A field has the wrong type. */
  'INVALID_FIELD',
  /** An unknown field and a property have the same name and different values. */
  'FIELD_CONFLICT',
  /** Text with half of a surrogate pair, or bytes that are not UTF-8. */
  'INVALID_STRING',
  /** A number that JSON can write and no double can hold. */
  'NUMBER_OUT_OF_RANGE',
  'NESTING_TOO_DEEP',
  'TOO_MANY_PROPERTIES',
  /** A property of a log value is no JSON text. */
  'INVALID_PROPERTY',
  /** The event belongs to a project that does not exist or is not the sender's. */
  'UNKNOWN_PROJECT',
  /** A value on a topic is neither Avro nor JSON. */
  'NOT_AVRO',
  'MALFORMED_AVRO',
  'SCHEMA_UNKNOWN',
  'SCHEMA_INCOMPATIBLE',
  /** The warehouse refuses this one row; `message` holds the engine's error type. */
  'ROW_REFUSED',
] as const;

/** See {@link REJECT_REASONS}. */
export type RejectReason = (typeof REJECT_REASONS)[number];

/** The refusal of one input, as a value. */
export interface Rejected {
  readonly reason: RejectReason;
  /** What was expected and what came; without the content of other fields. */
  readonly message: string;
}
