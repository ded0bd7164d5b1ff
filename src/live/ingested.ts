/** Channel on which the ingester announces every batch once it is queryable. */
export const INGESTED_CHANNEL = 'ingested';

/** What changed for one project. */
export interface IngestedProject {
  /** Events of the batch, copies within it left out. A hint, not a count to add up. */
  readonly events: number;
  /** Earliest and latest event time in it, both inclusive, ms since 1970 UTC. */
  readonly from: number;
  readonly to: number;
}

/** A batch became queryable. A replay announces again. */
export interface Ingested {
  /** When it was queryable, ms since 1970 UTC. */
  readonly at: number;
  readonly projects: ReadonlyMap<string, IngestedProject>;
}

/** The text of an announcement: `{"at": ms, "projects": {"<id>": {"events", "from", "to"}}}`. */
export function formatIngested({ at, projects }: Ingested): string {
  // Entries, not assignments: a project may be called `__proto__`.
  return JSON.stringify({ at, projects: Object.fromEntries(projects) });
}

/** Reads an announcement; null when the text is none, so that the reader may assume anything changed. */
export function parseIngested(text: string): Ingested | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || !isInstant(value.at) || !isRecord(value.projects)) return null;
  const projects = new Map<string, IngestedProject>();
  for (const [id, project] of Object.entries(value.projects)) {
    if (!isRecord(project)) return null;
    const { events, from, to } = project;
    if (!isInstant(events) || !isInstant(from) || !isInstant(to)) return null;
    projects.set(id, { events, from, to });
  }
  return { at: value.at, projects };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
