import type { AvroSchema } from './fingerprint.js';

/**
 * The schema of events with fields named as in `TrackedEvent`, so that values need no
 * copying between names. The names of the file stay as aliases; names are no part of the bytes.
 */
export function inCamelCase(schema: AvroSchema): AvroSchema {
  const record = schema as { readonly fields: readonly { readonly name: string }[] };
  return {
    ...(schema as Record<string, unknown>),
    fields: record.fields.map((field) => ({
      ...field,
      name: field.name === 'trusted' ? 'isTrusted' : camelCase(field.name),
      aliases: [field.name, ...((field as { aliases?: readonly string[] }).aliases ?? [])].filter(
        (alias) => alias !== camelCase(field.name),
      ),
    })),
  };
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The first instant that a writer keeps in microseconds: Avro's resolution would not notice. */
export function fieldInMicroseconds(schema: AvroSchema): string | null {
  const fields = (schema as { readonly fields?: unknown }).fields;
  if (!Array.isArray(fields)) return null;
  const found = fields.find((field: { readonly name?: unknown; readonly type?: unknown }) =>
    JSON.stringify(field.type ?? null).includes('timestamp-micros'),
  );
  return found === undefined ? null : String(found.name);
}
