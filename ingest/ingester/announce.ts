import type { EnrichedEvent } from './enrich-event.js';

/** Channel on which every stored batch is announced. */
export const INGESTED_CHANNEL = 'ingested';

/**
 * Text of an announcement: `{"at": ms, "projects": {"<id>": {"events": n, "from": ms, "to": ms}}}`.
 * `at` is when the batch was queryable; `from` and `to` are the earliest and the latest event time
 * in it, both inclusive; `events` leaves out copies within the batch, not copies of earlier ones.
 * A hint that something changed, not a count to add up: a replay announces again.
 */
export function announcement(events: readonly EnrichedEvent[], at: number): string {
  const projects = new Map<string, { events: number; from: number; to: number }>();
  for (const { event, occurredAt } of events) {
    const known = projects.get(event.projectId);
    if (known === undefined) {
      projects.set(event.projectId, { events: 1, from: occurredAt, to: occurredAt });
    } else {
      known.events += 1;
      if (occurredAt < known.from) known.from = occurredAt;
      if (occurredAt > known.to) known.to = occurredAt;
    }
  }
  // Entries, not assignments: a project may be called `__proto__`.
  return JSON.stringify({ at, projects: Object.fromEntries(projects) });
}
