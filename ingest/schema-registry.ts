import { AppError, messageOf } from '../src/errors.js';
import type { AvroSchema } from './avro/fingerprint.js';

/** What the codec asks of a Confluent-compatible schema registry. */
export interface SchemaRegistry {
  /**
   * The schema with this id; null when the registry knows none.
   *
   * @throws AppError `EVENT_LOG_UNAVAILABLE`, retryable, when the registry does not answer, and
   *   `SCHEMA_UNKNOWN` when the id names something other than a self-contained Avro schema.
   */
  schemaById(id: number): Promise<AvroSchema | null>;
  /**
   * The id of this schema under the subject, registering it when it is new.
   *
   * @throws AppError `EVENT_LOG_UNAVAILABLE`, retryable, when the registry does not answer, and
   *   `CONFLICT` when its compatibility rule refuses the schema.
   */
  register(subject: string, schema: AvroSchema): Promise<number>;
}

export interface SchemaRegistryOptions {
  /** Base address, `http(s)://[user:password@]host:port[/path]`. */
  readonly url: string;
  /** Longest wait for one answer, ms. */
  readonly timeoutMs?: number;
}

const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json';

/** A registry over HTTP. Protocol: Confluent Schema Registry API, `/schemas/ids`, `/subjects`. */
export function createSchemaRegistry({
  url,
  timeoutMs = 5000,
}: SchemaRegistryOptions): SchemaRegistry {
  const address = new URL(url);
  const headers: Record<string, string> = { accept: CONTENT_TYPE, 'content-type': CONTENT_TYPE };
  if (address.username !== '') {
    const userinfo = `${decodeURIComponent(address.username)}:${decodeURIComponent(address.password)}`;
    headers.authorization = `Basic ${Buffer.from(userinfo).toString('base64')}`;
    // The address appears in messages; the secret must not, and fetch refuses it in a URL.
    address.username = '';
    address.password = '';
  }
  const base = address.href.replace(/\/+$/, '');

  async function call(
    path: string,
    body: string | null,
  ): Promise<{ status: number; json: Readonly<Record<string, unknown>> }> {
    const unavailable = (what: string, cause?: unknown) =>
      new AppError(
        'EVENT_LOG_UNAVAILABLE',
        `The schema registry ${base} ${what}; it is asked again.`,
        { isRetryable: true, details: { url: base }, ...(cause === undefined ? {} : { cause }) },
      );
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${base}${path}`, {
        method: body === null ? 'GET' : 'POST',
        headers,
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = await response.text();
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw unavailable(`cannot be reached (${messageOf(cause)})`, error);
    }
    const { status } = response;
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      throw unavailable(`answered ${status} with something that is no JSON`, error);
    }
    if (typeof json !== 'object' || json === null) throw unavailable(`answered ${status} oddly`);
    // Refused credentials and overload are the operator's to mend; the data is not at fault.
    if (status === 401 || status === 403 || status === 429 || status >= 500) {
      throw unavailable(`answered ${status}`);
    }
    return { status, json: json as Readonly<Record<string, unknown>> };
  }

  return {
    async schemaById(id) {
      const { status, json } = await call(`/schemas/ids/${id}`, null);
      if (status === 404) return null;
      const refuse = (why: string) =>
        new AppError('SCHEMA_UNKNOWN', `Schema ${id} of the registry ${base} ${why}.`, {
          details: { reason: 'SCHEMA_UNKNOWN', schemaId: id },
        });
      if (status !== 200) throw refuse(`was answered with status ${status}`);
      const kind = json.schemaType ?? 'AVRO';
      if (kind !== 'AVRO') throw refuse(`is of type ${String(kind)}; expected AVRO`);
      if (Array.isArray(json.references) && json.references.length > 0) {
        throw refuse('refers to other schemas; expected one that holds all its types');
      }
      try {
        return JSON.parse(String(json.schema)) as AvroSchema;
      } catch (error) {
        throw new AppError('SCHEMA_UNKNOWN', `Schema ${id} of the registry ${base} is no JSON.`, {
          cause: error,
          details: { reason: 'SCHEMA_UNKNOWN', schemaId: id },
        });
      }
    },

    async register(subject, schema) {
      const { status, json } = await call(
        `/subjects/${encodeURIComponent(subject)}/versions`,
        JSON.stringify({ schema: JSON.stringify(schema) }),
      );
      const id = json.id;
      if (status === 200 && typeof id === 'number') return id;
      throw new AppError(
        'CONFLICT',
        `The schema registry ${base} refused the schema of "${subject}" with status ${status}: ${String(json.message ?? 'no reason given')}.`,
        { details: { url: base, subject, status } },
      );
    },
  };
}
