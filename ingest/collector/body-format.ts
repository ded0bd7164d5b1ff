import { AppError } from '../../src/errors.js';
import type { BodyFormat } from './split-body.js';

const FORMATS: Readonly<Record<string, BodyFormat>> = {
  'application/json': 'json',
  'text/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/x-jsonlines': 'ndjson',
  // What navigator.sendBeacon sends for a string, and what is left when nobody said anything.
  'text/plain': 'either',
  '': 'either',
};

/**
 * How a body of this `content-type` is to be read.
 *
 * @throws AppError `UNSUPPORTED_MEDIA_TYPE` for another type or charset.
 */
export function bodyFormatOf(contentType: string): BodyFormat {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const format = FORMATS[type.trim()];
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith('charset='));
  const isUtf8 =
    charset === undefined ||
    ['utf-8', 'utf8', 'us-ascii'].includes(charset.slice(8).replace(/"/g, ''));
  if (format !== undefined && isUtf8) return format;
  throw new AppError(
    'UNSUPPORTED_MEDIA_TYPE',
    `Expected application/json, application/x-ndjson or text/plain in UTF-8, got "${contentType.slice(0, 100)}".`,
    { details: { accepted: ['application/json', 'application/x-ndjson', 'text/plain'] } },
  );
}
