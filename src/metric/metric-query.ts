/** A value of a property or a condition, as JSON has it. Objects compare by their JSON text. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Local dates, both inclusive, in the zone of the question. `YYYY-MM-DD`. */
export interface DateRange {
  readonly kind: 'dates';
  readonly from: string;
  readonly to: string;
}

/** Instants, half-open `[from, to)`. ISO 8601 with `Z` or an offset, up to milliseconds. */
export interface InstantRange {
  readonly kind: 'instants';
  readonly from: string;
  readonly to: string;
}

export type TimeRange = DateRange | InstantRange;

/** Width of a bucket of a series. Days, weeks (from Monday) and months are local; hours are real. */
export type Grain = 'minute' | 'hour' | 'day' | 'week' | 'month';

/**
 * Picks events: by name, by conditions, or both; all hold. Without `event` any name fits. A key of
 * `where` is `page`, else an event field, else a property; equal means equal type and value.
 */
export interface EventSelector {
  readonly event?: string;
  readonly where?: Readonly<Record<string, JsonValue>>;
}

export type Operator =
  | 'equals'
  | 'not_equals'
  | 'in'
  | 'not_in'
  | 'contains'
  | 'starts_with'
  | 'greater_than'
  | 'at_least'
  | 'less_than'
  | 'at_most'
  | 'is_set'
  | 'is_not_set';

/**
 * One condition on a dimension, an event field, a property, a property of the person
 * (`person.<name>`), or on belonging to a cohort.
 */
export interface Condition {
  /** `cohort` with `in` or `not_in` asks whether the person belongs to `cohort`. */
  readonly field: string;
  readonly operator: Operator;
  /** One value for most operators, many for `in`/`not_in`, none for `is_set`/`is_not_set`. */
  readonly values: readonly JsonValue[];
  /** Only with the field `cohort`. */
  readonly cohort?: Cohort;
}

/**
 * People picked by what they did and by what is known of them. Who belongs is decided when the
 * question is asked, of persons after identity resolution, wherever the question's own range lies.
 */
export type Cohort =
  | { readonly kind: 'all'; readonly cohorts: readonly Cohort[] }
  | { readonly kind: 'any'; readonly cohorts: readonly Cohort[] }
  | { readonly kind: 'not'; readonly cohort: Cohort }
  | CohortBehaviour
  | CohortProperty
  | CohortUser;

/** Persons of whom a condition on `person.<name>` holds. */
export interface CohortProperty {
  readonly kind: 'person';
  readonly condition: Condition;
}

/** The one person with this user id, on whatever device. */
export interface CohortUser {
  readonly kind: 'user';
  readonly userId: string;
}

/** Persons with `atLeast` to `atMost` such events; `atMost: 0` means never. */
export interface CohortBehaviour {
  readonly kind: 'did';
  readonly event: EventSelector;
  /** All hold, of the event itself. */
  readonly filter: readonly Condition[];
  readonly atLeast: number;
  readonly atMost?: number;
  /**
   * The local days that end with the day of the answer, or a range, both in the zone of the
   * question; left out: all history.
   */
  readonly period?: { readonly lastDays: number } | TimeRange;
}

/** What every question of the catalogue has in common. */
export interface MetricQuestion {
  readonly projectId: string;
  readonly range: TimeRange;
  /** IANA name; validated by `resolveRange`. */
  readonly timeZone: string;
  readonly event?: EventSelector;
  /** All hold. Event metrics test the event, session metrics the entry event. */
  readonly filter: readonly Condition[];
  /** Count bots too; default false. */
  readonly includeBots: boolean;
  /** Adds a series, one value per bucket of the range, zero-filled. */
  readonly grain?: Grain;
  /** What each value of the series tells of; left out: its own bucket. */
  readonly window?: SeriesWindow;
  /** Adds one row per value that occurs. */
  readonly breakdown?: Breakdown;
  /** Whether distinct people may be estimated where they are many; only unique users do. */
  readonly isApproximate?: boolean;
}

/** Values of a series that tell of the range up to their bucket, or of some buckets up to it. */
export type SeriesWindow =
  | { readonly kind: 'cumulative' }
  | { readonly kind: 'moving'; readonly buckets: number };

export interface Breakdown {
  /** A dimension of METRICS-SPEC §1, an event field or a property. */
  readonly dimension: string;
  /** Most rows; what is left is summed in `other`. */
  readonly limit: number;
}

/** How an answer came about. */
export interface AnswerMeta {
  /** Tables the planner chose, e.g. `gold_event_counts_per_hour`. */
  readonly source: readonly string[];
  readonly rowsRead: number;
  readonly exact: boolean;
  /** The moment the statement ran; all data queryable then is in the answer. ISO 8601, UTC. */
  readonly asOf: string;
  /** Milliseconds the statements took. */
  readonly elapsedMs: number;
}

/** Parallel lists: value i belongs to the bucket that starts at `bucketStarts[i]` (ISO 8601, UTC). */
export interface Series {
  readonly bucketStarts: readonly string[];
  readonly values: readonly number[];
}

/** Parallel lists, largest first (ties by value, bytewise). */
export interface BreakdownRows {
  readonly values: readonly string[];
  readonly counts: readonly number[];
  /** Percent (0–100) of the unique users of the answer having the value; null when there are none. Only for people. */
  readonly sharePercents: readonly (number | null)[] | null;
  /** How many values were left out by the limit. */
  readonly otherValues: number;
  /** What they count together: their sum, or the distinct people having any of them. */
  readonly otherCount: number;
  /** As `sharePercents`, of these people. */
  readonly otherSharePercent: number | null;
}

/** A count over the range with its optional series and breakdown. */
export interface CountAnswer {
  readonly total: number;
  readonly series: Series | null;
  readonly breakdown: BreakdownRows | null;
  readonly meta: AnswerMeta;
}

export interface EventRateAnswer {
  /** Events ÷ minutes; null for a range without minutes. */
  readonly perMinuteAverage: number | null;
  /** Largest minute; null for a range without minutes. */
  readonly peakPerMinute: number | null;
  /** One value per minute of the range. */
  readonly series: Series;
  readonly meta: AnswerMeta;
}

export interface PageViewsAnswer {
  readonly total: number;
  /** Distinct (session, page). */
  readonly unique: number;
  readonly series: Series | null;
  /** Rows per page: views. */
  readonly pages: BreakdownRows | null;
  readonly meta: AnswerMeta;
}

export interface SessionsAnswer {
  readonly total: number;
  /** Persons of these sessions. */
  readonly users: number;
  /** Views ÷ sessions; null without sessions. */
  readonly viewsPerSession: number | null;
  readonly series: Series | null;
  /** By the value of the entry event; `channel` is the channel of the session. */
  readonly breakdown: BreakdownRows | null;
  readonly meta: AnswerMeta;
}

export interface SessionDurationAnswer {
  /** Seconds; null without sessions. Percentiles are type 7. */
  readonly averageSeconds: number | null;
  readonly medianSeconds: number | null;
  readonly p90Seconds: number | null;
  readonly meta: AnswerMeta;
}

export interface BounceRateAnswer {
  /** Sessions with at least one view. */
  readonly eligibleSessions: number;
  readonly bounces: number;
  /** Bounces ÷ eligible, 0–100; null without eligible sessions. */
  readonly bounceRatePercent: number | null;
  /** 100 − bounce rate; null likewise. */
  readonly engagementRatePercent: number | null;
  /** Per entry page, when asked. */
  readonly byEntryPage: {
    readonly pages: readonly string[];
    readonly eligibleSessions: readonly number[];
    readonly bounces: readonly number[];
    readonly bounceRatePercents: readonly number[];
    /** Pages the limit left out, and the same of all of them together. */
    readonly otherPages: number;
    readonly otherEligibleSessions: number;
    readonly otherBounces: number;
    readonly otherBounceRatePercent: number | null;
  } | null;
  readonly meta: AnswerMeta;
}

/** One row of a top list: views, people and sessions together, so one request fills the table. */
export interface TopRows {
  readonly values: readonly string[];
  readonly users: readonly number[];
  readonly sessions: readonly number[];
  readonly pageViews: readonly number[];
  /** Users with the value ÷ unique users of the range, 0–100; null without users. */
  readonly userSharePercents: readonly (number | null)[];
  /** Values left out by the limit, and the same of all of them together, distinct. */
  readonly otherValues: number;
  readonly otherUsers: number;
  readonly otherSessions: number;
  readonly otherPageViews: number;
  readonly otherUserSharePercent: number | null;
  readonly meta: AnswerMeta;
}

/** One event of a person's timeline, newest first. */
export interface TimelineEvent {
  readonly eventId: string;
  readonly eventName: string;
  /** ISO 8601, UTC, ms. */
  readonly occurredAt: string;
  readonly platform: string;
  readonly anonymousId: string;
  readonly userId: string;
  /** Session the client gave; empty without one. */
  readonly sessionId: string;
  /** The session the event belongs to, by the client's id or derived; null unless asked for. */
  readonly session: string | null;
  readonly page: string;
  readonly screen: string;
  readonly url: string;
  readonly referrer: string;
  readonly deviceType: string;
  readonly browser: string;
  readonly os: string;
  readonly country: string;
  readonly isBot: boolean;
  /** Property name → JSON text. */
  readonly properties: Readonly<Record<string, string>>;
}

/** Position in a timeline: canonical order, newest first. */
export interface TimelineKey {
  readonly occurredAt: string;
  readonly eventId: string;
}

export interface TimelinePage {
  readonly events: readonly TimelineEvent[];
  readonly hasMore: boolean;
  readonly meta: AnswerMeta;
}

/** Whose events a timeline shows: all of a person with an account, or those of one device. */
export type TimelineSubject = { readonly userId: string } | { readonly anonymousId: string };

/** A question for one user's or device's events, newest first. */
export interface TimelineQuestion {
  readonly projectId: string;
  readonly subject: TimelineSubject;
  /** Left out: all history. */
  readonly range?: TimeRange;
  readonly timeZone: string;
  readonly filter: readonly Condition[];
  readonly event?: EventSelector;
  readonly includeBots: boolean;
  /** 1 to 1,000. */
  readonly first: number;
  /** Whether each event tells its session, which takes a further statement. */
  readonly withSessions?: boolean;
  /** Continue behind this event, which need not exist any more. */
  readonly after?: TimelineKey;
}
