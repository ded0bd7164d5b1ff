/** An Avro schema as parsed from its JSON text. */
export type AvroSchema = string | readonly AvroSchema[] | { readonly [key: string]: unknown };

const PRIMITIVES: ReadonlySet<string> = new Set([
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
]);

/** The fingerprint of the empty text, and the polynomial of CRC-64-AVRO. */
const EMPTY = 0xc15d213aa4d7a795n;

/**
 * The parsing canonical form of a schema: the text that decides whether two schemas read the same
 * bytes. Documentation, aliases, defaults and logical types are left out, names are full names.
 *
 * Avro specification, "Parsing Canonical Form for Schemas".
 */
export function canonicalForm(schema: AvroSchema): string {
  return canonical(schema, '');
}

function canonical(schema: unknown, namespace: string): string {
  if (typeof schema === 'string') {
    return JSON.stringify(PRIMITIVES.has(schema) ? schema : fullName(schema, namespace));
  }
  if (Array.isArray(schema)) {
    return `[${schema.map((branch) => canonical(branch, namespace)).join(',')}]`;
  }
  if (typeof schema !== 'object' || schema === null) {
    throw new TypeError(`expected an Avro schema, got ${typeof schema}`);
  }
  const node = schema as Record<string, unknown>;
  const type = node.type;
  if (typeof type !== 'string') return canonical(type, namespace);
  if (type === 'array') return `{"type":"array","items":${canonical(node.items, namespace)}}`;
  if (type === 'map') return `{"type":"map","values":${canonical(node.values, namespace)}}`;
  if (node.name === undefined) return canonical(type, namespace);
  const own = typeof node.namespace === 'string' ? node.namespace : namespace;
  const name = fullName(String(node.name), own);
  const head = `{"name":${JSON.stringify(name)},"type":${JSON.stringify(type)}`;
  if (type === 'enum') return `${head},"symbols":${JSON.stringify(node.symbols)}}`;
  if (type === 'fixed') return `${head},"size":${Number(node.size)}}`;
  const inner = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
  const fields = (node.fields as readonly Record<string, unknown>[]).map(
    (field) => `{"name":${JSON.stringify(field.name)},"type":${canonical(field.type, inner)}}`,
  );
  return `${head},"fields":[${fields.join(',')}]}`;
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

/**
 * CRC-64-AVRO (Rabin) of bytes, as an unsigned 64-bit integer.
 *
 * Avro specification, "Schema Fingerprints". Computed bit by bit: it runs once per schema.
 */
export function rabinFingerprint(bytes: Uint8Array): bigint {
  let fingerprint = EMPTY;
  for (const byte of bytes) {
    fingerprint ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      fingerprint = (fingerprint >> 1n) ^ ((fingerprint & 1n) === 1n ? EMPTY : 0n);
    }
  }
  return fingerprint;
}

/** The 8 little-endian bytes by which single-object encoding names a schema. */
export function schemaFingerprint(schema: AvroSchema): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(rabinFingerprint(Buffer.from(canonicalForm(schema), 'utf8')));
  return bytes;
}
