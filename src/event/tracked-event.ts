/** Where an event was produced. Decides the topic, the bot rule and the name of a view. */
export type Platform = 'web' | 'mobile';

/**
 * One event as it travels on the log (Avro: `schema/events/tracked-event.avsc`).
 *
 * Absent text is the empty string. Instants are integer milliseconds since 1970-01-01T00:00Z.
 */
export interface TrackedEvent {
  readonly projectId: string;
  /** 1–200 bytes of UTF-8, minted once by the client; counts once per project for ever. */
  readonly eventId: string;
  readonly eventName: string;
  /** Client time. Before the clock rule; see `normalize` in `event-time.ts`. */
  readonly occurredAt: number;
  /** When the collector took the event; 0 when another producer wrote it without one. */
  readonly receivedAt: number;
  /** Only from a trusted importer: replaces the measured moment of visibility. Else null. */
  readonly queryableAt: number | null;
  readonly platform: Platform;
  readonly anonymousId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly url: string;
  readonly referrer: string;
  readonly userAgent: string;
  readonly ip: string;
  readonly utmSource: string;
  readonly utmMedium: string;
  readonly utmCampaign: string;
  readonly utmContent: string;
  readonly utmTerm: string;
  /** Property name → canonical JSON text of its value (`"pro"`, `5`, `true`, `["a"]`). */
  readonly properties: Readonly<Record<string, string>>;
  /** True when a trusted importer sent it: enriched values in `properties` are then final. */
  readonly isTrusted: boolean;
}

/** Text by which an event is known: its project and its id. NUL cannot occur in a project id. */
export function eventKey(projectId: string, eventId: string): string {
  return `${projectId}\u0000${eventId}`;
}
