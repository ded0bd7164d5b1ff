import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One case file, with templates written out and events in the order they are delivered. */
export interface ConformanceCase {
  readonly file: string;
  readonly name: string;
  readonly group: string;
  readonly metric: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly linkedDomains: readonly string[];
  readonly expected: Readonly<Record<string, unknown>>;
  readonly tolerance: number;
}

type Json = Record<string, unknown>;

/** All `*.json` files of the paths given, folders read one level deep, sorted by name. */
export function caseFiles(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) =>
    // A path that is not there is taken for a file, which then cannot be read.
    statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
      ? readdirSync(path)
          .filter((file) => file.endsWith('.json'))
          .sort()
          .map((file) => join(path, file))
      : [path],
  );
}

/** Reads one case. @throws Error when the file is not of the format. */
export function readCase(file: string): ConformanceCase {
  const raw = JSON.parse(readFileSync(file, 'utf8')) as Json;
  const query = raw.query as { metric?: unknown; params?: Json } | undefined;
  if (typeof query?.metric !== 'string') throw new Error('query.metric: expected a name');
  if (!Array.isArray(raw.events)) throw new Error('events: expected an array');
  if (typeof raw.expected !== 'object' || raw.expected === null) {
    throw new Error('expected: expected an object');
  }
  const linkedDomains = new Set<string>();
  const events = (raw.events as Json[]).flatMap(writeOut).map((event) => {
    const properties = { ...((event.properties as Json | undefined) ?? {}) };
    for (const host of (properties.linked_domains as string[] | undefined) ?? []) {
      linkedDomains.add(host);
    }
    delete properties.linked_domains;
    return {
      ...event,
      properties,
      ...(event.received_at === undefined && event.timestamp !== undefined
        ? { received_at: event.timestamp }
        : {}),
    };
  });
  return {
    file,
    name: String(raw.name),
    group: String(raw.group),
    metric: query.metric,
    params: query.params ?? {},
    events: byReceipt(events),
    linkedDomains: [...linkedDomains],
    expected: raw.expected as Json,
    tolerance: typeof raw.tolerance === 'number' ? raw.tolerance : 1e-6,
  };
}

/** A template stands for many events; `{i}` in its strings is the number, five digits. */
function writeOut(entry: Json): readonly Json[] {
  if (typeof entry.$repeat !== 'number') return [entry];
  const start = typeof entry.$start === 'number' ? entry.$start : 0;
  return Array.from({ length: entry.$repeat }, (_, index) => {
    const number = String(start + index).padStart(5, '0');
    return fillIn(entry.template, number) as Json;
  });
}

function fillIn(value: unknown, number: string): unknown {
  if (typeof value === 'string') return value.replaceAll('{i}', number);
  if (Array.isArray(value)) return value.map((item) => fillIn(item, number));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, fillIn(inner, number)]),
    );
  }
  return value;
}

/** In the order of receipt, equal moments in file order; what has no moment keeps its neighbour's. */
function byReceipt(events: readonly Json[]): readonly Json[] {
  let last = Number.NEGATIVE_INFINITY;
  return events
    .map((event, index) => {
      const at = Date.parse(String(event.received_at));
      if (!Number.isNaN(at)) last = at;
      return { event, index, at: Number.isNaN(at) ? last : at };
    })
    .sort((a, b) => a.at - b.at || a.index - b.index)
    .map(({ event }) => event);
}
