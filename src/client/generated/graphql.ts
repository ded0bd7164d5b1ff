/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** How a conversion is credited to the visits that led to it. */
export type AttributionModel =
  /** All to the first. */
  | 'FIRST_TOUCH'
  /** All to the last that is not Direct; if all are, to the last. */
  | 'LAST_NON_DIRECT'
  /** All to the last. */
  | 'LAST_TOUCH'
  /** Equal shares. */
  | 'LINEAR'
  /** By the share of conversions that would be lost without it, in a chain learnt from all paths. */
  | 'MARKOV'
  /** 40 % to the first and to the last, the rest shared between. */
  | 'POSITION_BASED'
  /** Shapley value: the fair share over all orders of joining. */
  | 'SHAPLEY'
  /** Half the weight for every `halfLifeDays` of age. */
  | 'TIME_DECAY';

/** People who did something a number of times; `atMost: 0` with `atLeast: 0` means never. Their events are counted after identity resolution, whenever they happened unless `lastDays` or `range` says when. */
export type CohortBehaviourInput = {
  /** Fewest times, 0 to 1000000. */
  atLeast?: number;
  /** Most times, `atLeast` to 1000000; left out: any number. */
  atMost?: number | null | undefined;
  /** The events that count. */
  event: EventSelectorInput;
  /** All hold of the event itself; not of its session. */
  filter?: Array<ConditionInput>;
  /** Only events of the local days that end with the day of the answer, 1 to 3660; 1 is today. Not with `range`. */
  lastDays?: number | null | undefined;
  /** Only events of this time. Not with `lastDays`. */
  range?: TimeRangeInput | null | undefined;
};

/** People picked by what they did and by what is known of them. Exactly one field is given; `all`, `any` and `not` put cohorts together, at most 8 deep and of at most 32 parts. Who belongs is decided when the question is asked, whatever the range of the question, and with the bots it counts. */
export type CohortInput = {
  /** People of all of these cohorts; at least one. */
  all?: Array<CohortInput> | null | undefined;
  /** People of any of these cohorts; at least one. */
  any?: Array<CohortInput> | null | undefined;
  /** People by what they did. */
  did?: CohortBehaviourInput | null | undefined;
  /** People of a kept cohort, by its id. */
  id?: string | number | null | undefined;
  /** People who are not of this cohort. */
  not?: CohortInput | null | undefined;
  /** People by a property of theirs: a condition on a field `person.<name>`. */
  person?: ConditionInput | null | undefined;
  /** The one person with this user id, on whatever device. */
  user?: string | number | null | undefined;
};

/** One condition on a dimension, an event field or a property. */
export type ConditionInput = {
  /** A dimension (`page`, `device_type`, `browser`, `country`, `channel`, …), a property of the person (`person.<name>`, as identify events say it last), an event field, else a property of the event. */
  field: string;
  /** How to compare. */
  operator?: Operator;
  /** Many values for `IN` and `NOT_IN`, none for `IS_SET` and `IS_NOT_SET`, else one. */
  values?: Array<unknown>;
};

/** Paths that went the same way, counted. */
export type CountedPathInput = {
  /** Names in order, at most 1000; one called `Direct` is of the channel Direct. */
  channels: Array<string>;
  /** How many of them ended in a conversion. */
  conversions?: number;
  /** How many of them ended in none. */
  nulls?: number;
};

/** A definition to make; exactly one of the contents is given. */
export type CreateDefinitionInput = {
  /** People; who belongs is decided when it is asked. */
  cohort?: CohortInput | null | undefined;
  /** Its id for ever, 1–64 characters of `a-z 0-9 - _`, no other of the project may have it; left out: a new one is made. */
  definitionId?: string | number | null | undefined;
  /** Text for people. */
  description?: string;
  /** An experiment with its goals and its plan. */
  experiment?: KeptExperimentInput | null | undefined;
  /** Steps, and who goes through. */
  funnel?: KeptFunnelInput | null | undefined;
  /** Events that count. */
  goal?: EventSelectorInput | null | undefined;
  /** Name for people, 1 to 200 characters. */
  name: string;
  /** Project it belongs to; left out: that of the key used. */
  projectId?: string | number | null | undefined;
  /** A query with its variables. */
  savedQuery?: SavedQueryInput | null | undefined;
};

/** Picks dead letters; all that is given holds. */
export type DeadLetterFilterInput = {
  /** Why they were refused, any of these; an unknown reason is an error. */
  reason?: Array<string> | null | undefined;
  /** When they came; dates are read in the zone of the project. */
  receivedAt?: TimeRangeInput | null | undefined;
  /** `http` or topics, any of these. */
  source?: Array<string> | null | undefined;
  /** What became of them, any of these; left out: any in lists, `OPEN` in mutations. */
  state?: Array<DeadLetterState> | null | undefined;
};

/** What became of a dead letter; it is in exactly one state. */
export type DeadLetterState =
  /** Marked as not worth a replay; kept until it expires. */
  | 'DROPPED'
  /** Nobody has dealt with it, or every try failed. */
  | 'OPEN'
  /** Its events are on the event log again and count once. */
  | 'REPLAYED';

/** What is kept under a name. */
export type DefinitionKind =
  /** People, by what they did and who they are. */
  | 'COHORT'
  /** An experiment with its goals and its plan. */
  | 'EXPERIMENT'
  /** Steps, and who goes through them. */
  | 'FUNNEL'
  /** Events that count, e.g. as conversions. */
  | 'GOAL'
  /** A query of this API with its variables. */
  | 'SAVED_QUERY';

/** A definition to delete. */
export type DeleteDefinitionInput = {
  /** Only while this version is in force, else `CONFLICT`. */
  expectedVersion?: number | null | undefined;
  /** The definition: its `definitionId` or `id`. */
  id: string | number;
  /** Project it belongs to; left out: that of the key used. */
  projectId?: string | number | null | undefined;
};

/** Dead letters to mark as not worth a replay. */
export type DropDeadLettersInput = {
  /** With `filter`: `endCursor` of the call before. */
  after?: string | null | undefined;
  /** Letters that fit, the oldest first, a page at a time; instead of `ids`. */
  filter?: DeadLetterFilterInput | null | undefined;
  /** With `filter`: most letters of this call, up to the page limit; left out: 50. */
  first?: number | null | undefined;
  /** `deadLetterId`s, at most as many as a page may have; instead of `filter`. */
  ids?: Array<string | number> | null | undefined;
  /** Mean the letters that name no project, instead of those of a project. */
  isUnowned?: boolean;
  /** Project of the letters; left out: that of the key. */
  projectId?: string | number | null | undefined;
};

/** What came of dropping one letter. */
export type DropOutcome =
  /** It had been dropped before; nothing was done. */
  | 'ALREADY_DROPPED'
  /** Its events count; nothing was done. */
  | 'ALREADY_REPLAYED'
  /** It is marked now. */
  | 'DROPPED';

/** A column of single events; files name it in small letters. */
export type EventColumn =
  /** Device, or browser; empty without one. */
  | 'ANONYMOUS_ID'
  /** Version of the app. */
  | 'APP_VERSION'
  /** Why it counts as one; empty when it does not. */
  | 'BOT_REASON'
  /** Name of the browser. */
  | 'BROWSER'
  /** Its version. */
  | 'BROWSER_VERSION'
  /** City, where it is known. */
  | 'CITY'
  /** Kind of click id in the address, e.g. `gclid`. */
  | 'CLICK_ID'
  /** Country, two letters. */
  | 'COUNTRY'
  /** Currency of the amount. */
  | 'CURRENCY'
  /** Kind of device. */
  | 'DEVICE_TYPE'
  /** Engagement time that it tells, milliseconds. */
  | 'ENGAGED_MS'
  /** Id of the event, unique in the project. */
  | 'EVENT_ID'
  /** Name of the event. */
  | 'EVENT_NAME'
  /** Host of the address. */
  | 'HOST'
  /** Address of the sender as it is kept. */
  | 'IP'
  /** Whether it comes of a bot. */
  | 'IS_BOT'
  /** Language of the visitor. */
  | 'LANGUAGE'
  /** When it happened, by the clock of the device; UTC. */
  | 'OCCURRED_AT'
  /** Order; empty without one. */
  | 'ORDER_ID'
  /** Operating system. */
  | 'OS'
  /** Its version. */
  | 'OS_VERSION'
  /** Path of the address, decoded, without query. */
  | 'PAGE'
  /** `web` or `mobile`. */
  | 'PLATFORM'
  /** All properties, as the text of one JSON object. */
  | 'PROPERTIES'
  /** When it could first be asked for; UTC. */
  | 'QUERYABLE_AT'
  /** When the collector took it; UTC. */
  | 'RECEIVED_AT'
  /** Address the visitor came from. */
  | 'REFERRER'
  /** Host of that address. */
  | 'REFERRER_HOST'
  /** Region, where it is known. */
  | 'REGION'
  /** Amount, exact; null without one. */
  | 'REVENUE'
  /** Screen of an app. */
  | 'SCREEN'
  /** Session the client gave; empty without one. */
  | 'SESSION_ID'
  /** Address of the page. */
  | 'URL'
  /** What the client says it is. */
  | 'USER_AGENT'
  /** Account; empty without one. */
  | 'USER_ID'
  /** `utm_campaign` likewise. */
  | 'UTM_CAMPAIGN'
  /** `utm_content` likewise. */
  | 'UTM_CONTENT'
  /** `utm_medium` likewise. */
  | 'UTM_MEDIUM'
  /** `utm_source` of the address, trimmed, in small letters. */
  | 'UTM_SOURCE'
  /** `utm_term` likewise. */
  | 'UTM_TERM';

/** Picks events by name, by conditions, or both; all of them hold. Or those of a goal that is kept, by its id. */
export type EventSelectorInput = {
  /** Event name, e.g. `page_view`; left out: any name fits. */
  event?: string | null | undefined;
  /** A kept goal, whose events are picked; then neither `event` nor `where` is given. */
  goal?: string | number | null | undefined;
  /** Field names with the values they must have, equal in type and value. `page` is the page or screen; other names are event fields, else properties. */
  where?: Record<string, unknown> | null | undefined;
};

/** The events of a report, one row each. */
export type EventsReportInput = {
  /** Only events of people of this cohort; left out: of everybody. */
  cohort?: CohortInput | null | undefined;
  /** Columns in the order of the file, each once; left out: all of them. */
  columns?: Array<EventColumn> | null | undefined;
  /** The events that are meant; left out: every event. */
  event?: EventSelectorInput | null | undefined;
  /** All hold of each event. */
  filter?: Array<ConditionInput>;
  /** Whether events of bots are there too. */
  includeBots?: boolean;
  /** When the events occurred. */
  range: TimeRangeInput;
  /** Zone in which dates are read; left out: the zone of the project. */
  timeZone?: string | null | undefined;
};

/** An experiment that is already counted. */
export type ExperimentCountsInput = {
  /** Planned allocation; left out: equal shares of the variants that have users. */
  allocation?: Array<VariantWeightInput> | null | undefined;
  /** Variant that the others are compared with; one that nobody met gives a warning. */
  control?: string;
  /** The variants; at most 100. */
  variants: Array<VariantCountsInput>;
};

/** Why the results of an experiment are to be read with care. */
export type ExperimentWarning =
  /** Nobody met the control that was named; nothing is compared. */
  | 'CONTROL_WITHOUT_USERS'
  /** People fell into the variants otherwise than planned (p below 0.001): something moves them, and the comparison may be of different people. */
  | 'SAMPLE_RATIO_MISMATCH'
  /** People met one variant only; nothing is compared. */
  | 'SINGLE_VARIANT';

/** An exploration with all of its rows: a column for each dimension, then for each measure. A dimension that is no name of the catalogue is called `dimension_N`, a measure that is asked twice `measure_N`, counted from 1. */
export type ExplorationReportInput = {
  /** Only people of this cohort; left out: everybody. */
  cohort?: CohortInput | null | undefined;
  /** One row per combination of values that occurs. Up to 5, each once; of sessions those of the entry event. */
  dimensions?: Array<string>;
  /** The events that count, or that sessions hold; left out: every event. */
  event?: EventSelectorInput | null | undefined;
  /** All hold, of the event or of the entry event of the session. */
  filter?: Array<ConditionInput>;
  /** Adds the column `bucket_start`: one row for each bucket of this width that has anything. */
  grain?: Grain | null | undefined;
  /** Whether events of bots count too. */
  includeBots?: boolean;
  /** Numbers of every row, 1 to 10, each once. */
  measures: Array<ExploreMeasureInput>;
  /** Left out: by the first measure, largest first. */
  orderBy?: ExploreOrderInput | null | undefined;
  /** What is explored. Of sessions, `event` keeps those that hold such an event. */
  over?: ExploreOver;
  /** The time it is about. */
  range: TimeRangeInput;
  /** Zone in which days, weeks and months are cut and dates are read; left out: the zone of the project. */
  timeZone?: string | null | undefined;
};

/** A number of a row. Counts and sums over nothing are 0, everything else is null. */
export type ExploreMeasure =
  /** Mean of the numbers of `property`; of events only. Null without any. */
  | 'AVERAGE'
  /** Mean duration in seconds. Of sessions only. */
  | 'AVERAGE_SECONDS'
  /** Sessions with a view that are not engaged ÷ sessions with a view, 0–100. Of sessions only. */
  | 'BOUNCE_RATE'
  /** Events, or sessions. */
  | 'COUNT'
  /** Different values of `property` that occur; of events only. */
  | 'DISTINCT'
  /** Engagement time ÷ sessions, in seconds. Of sessions only. */
  | 'ENGAGED_SECONDS_PER_SESSION'
  /** Sessions of 10 seconds, two views or an interaction. Of sessions only. */
  | 'ENGAGED_SESSIONS'
  /** 100 less the bounce rate. Of sessions only. */
  | 'ENGAGEMENT_RATE'
  /** Greatest of the numbers of `property`; of events only. Null without any. */
  | 'MAXIMUM'
  /** Median of the numbers of `property`; of events only. Null without any. */
  | 'MEDIAN'
  /** Median duration in seconds. Of sessions only. */
  | 'MEDIAN_SECONDS'
  /** Least of the numbers of `property`; of events only. Null without any. */
  | 'MINIMUM'
  /** 75th percentile of the numbers of `property`; of events only. Null without any. */
  | 'P75'
  /** 90th percentile of the numbers of `property`; of events only. Null without any. */
  | 'P90'
  /** 90th percentile of the duration in seconds. Of sessions only. */
  | 'P90_SECONDS'
  /** 95th percentile of the numbers of `property`; of events only. Null without any. */
  | 'P95'
  /** 99th percentile of the numbers of `property`; of events only. Null without any. */
  | 'P99'
  /** Distinct persons of them. */
  | 'PEOPLE'
  /** Sum of the numbers of `property`, in double precision; of events only. */
  | 'SUM'
  /** Page and screen views. Of sessions only. */
  | 'VIEWS'
  /** Views ÷ sessions. Of sessions only. */
  | 'VIEWS_PER_SESSION';

/** One number of every row. */
export type ExploreMeasureInput = {
  /** What is computed. */
  measure: ExploreMeasure;
  /** Property, dimension or event field whose values are meant; `SUM` to `DISTINCT` need it, others do not take it. */
  property?: string | null | undefined;
};

/** What rows are sorted by; exactly one of `measure` and `dimension` is given. Rows without a number come last, ties are sorted by the dimensions, bytewise. */
export type ExploreOrderInput = {
  /** Largest first, else smallest first. */
  descending?: boolean;
  /** Place of a dimension in `dimensions`, from 0. */
  dimension?: number | null | undefined;
  /** Place of a measure in `measures`, from 0. */
  measure?: number | null | undefined;
};

/** What the rows of an exploration are made of. */
export type ExploreOver =
  /** Unique events of the range. */
  | 'EVENTS'
  /** Sessions that start in the range, with all their events. */
  | 'SESSIONS';

/** How a formula puts its two operands together. */
export type FormulaOperator =
  /** First + second. */
  | 'ADD'
  /** First ÷ second; null where the second is 0. */
  | 'DIVIDE'
  /** First × second. */
  | 'MULTIPLY'
  /** First − second. */
  | 'SUBTRACT';

/** Who goes through a funnel. */
export type FunnelActor =
  /** A session: all steps must happen in one. */
  | 'SESSION'
  /** A person, over all devices and sessions. */
  | 'USER';

/** Splits a funnel by the values of a dimension. */
export type FunnelBreakdownInput = {
  /** Which value belongs to an actor. */
  attribution?: FunnelTouch;
  /** A dimension, an event field or a property; missing values are `(none)`. */
  dimension: string;
};

/** An event that spoils a chain of steps when it happens between two of them. Needs 1 ≤ fromStep < toStep ≤ number of steps, else `INVALID_EXCLUSION`. */
export type FunnelExclusionInput = {
  /** The event that must not happen. */
  event: EventSelectorInput;
  /** Step after which it counts, from 1. */
  fromStep: number;
  /** Step before which it counts. */
  toStep: number;
};

/** In which order the steps of a funnel must happen. */
export type FunnelOrder =
  /** One after the other; other events may lie between. */
  | 'ORDERED'
  /** One after the other, with no other event of the actor between. */
  | 'STRICT'
  /** In any order; step k reads "k different steps completed". */
  | 'UNORDERED';

/** A part of the events, whose funnel is shown beside that of all. */
export type FunnelSegmentInput = {
  /** Only people of this cohort; left out: everybody. */
  cohort?: CohortInput | null | undefined;
  /** What events must fit besides the filter of the funnel; all hold. */
  filter?: Array<ConditionInput>;
  /** What the answer calls it; each name once. */
  name: string;
};

/** Which actors of a step of a funnel. */
export type FunnelStepActors =
  /** Those that reached the step and not the next one. */
  | 'DROPPED_OFF'
  /** All that reached the step, as `counts` counts them. */
  | 'REACHED';

/** Which value of a breakdown belongs to an actor. */
export type FunnelTouch =
  /** Every step must carry the value; events are split by it. */
  | 'ALL_EVENTS'
  /** Of the first step event that has a value. */
  | 'FIRST_TOUCH'
  /** Of the last step event that has a value. */
  | 'LAST_TOUCH';

/** Width of a bucket of a series. */
export type Grain =
  /** Local dates in the time zone of the question. */
  | 'DAY'
  /** Real hours: a local day has 23 or 25 of them when the clocks change. */
  | 'HOUR'
  /** Real minutes. */
  | 'MINUTE'
  /** Local calendar months. */
  | 'MONTH'
  /** Local weeks, from Monday. */
  | 'WEEK';

/** An experiment to keep: what `experiment` takes but its time. */
export type KeptExperimentInput = {
  /** Planned allocation; left out: equal shares of the variants that have users. */
  allocation?: Array<VariantWeightInput> | null | undefined;
  /** Only people of this cohort; left out: everybody. */
  cohort?: CohortInput | null | undefined;
  /** Variant that the others are compared with. */
  control?: string;
  /** Property `experiment` of the `experiment_exposure` events. */
  experiment: string;
  /** All hold, besides the filter of the question that names the definition. */
  filter?: Array<ConditionInput>;
  /** What people are to reach. */
  goals: Array<EventSelectorInput>;
  /** Seconds from the first exposure in which a goal counts; left out: no end. */
  windowSeconds?: number | null | undefined;
};

/** A funnel to keep: what `funnel` takes but its time. */
export type KeptFunnelInput = {
  /** Only people of this cohort; left out: everybody. */
  cohort?: CohortInput | null | undefined;
  /** Events that must not happen between steps. */
  exclusions?: Array<FunnelExclusionInput>;
  /** All hold, besides the filter of the question that names the definition. */
  filter?: Array<ConditionInput>;
  /** In which order the steps must happen. */
  order?: FunnelOrder;
  /** Who goes through the funnel. */
  per?: FunnelActor;
  /** The steps, 2 to 20. */
  steps: Array<EventSelectorInput>;
  /** Longest time from the first step to each later one, seconds; default 14 days. */
  windowSeconds?: number;
};

/** One side of a formula. */
export type OperandInput = {
  /** Currency of revenue, ISO 4217, e.g. `EUR`; revenue needs it, others do not use it. */
  currency?: string | null | undefined;
  /** The events that count; of sessions, those that hold one. Left out: every event. Not used by revenue. */
  event?: EventSelectorInput | null | undefined;
  /** All hold besides the filter of the question. */
  filter?: Array<ConditionInput>;
  /** What is counted. */
  metric: OperandMetric;
};

/** A number that a formula can be made of. */
export type OperandMetric =
  /** Unique events. */
  | 'EVENTS'
  /** Purchases less refunds in `currency`; each order counts once, on its own day. */
  | 'NET_REVENUE'
  /** Events `page_view`. */
  | 'PAGE_VIEWS'
  /** Sessions that start in the range. */
  | 'SESSIONS'
  /** Distinct persons with at least one such event. */
  | 'UNIQUE_USERS';

/** How a condition compares a field with its values. */
export type Operator =
  /** The number is greater than or equal to the value; one value. */
  | 'AT_LEAST'
  /** The number is less than or equal to the value; one value. */
  | 'AT_MOST'
  /** The text holds the value, case-sensitive; one value. */
  | 'CONTAINS'
  /** Equal in type and value; one value. */
  | 'EQUALS'
  /** The number is greater than the value; one value. */
  | 'GREATER_THAN'
  /** Equal to one of the values. */
  | 'IN'
  /** The field is absent or empty; no value. */
  | 'IS_NOT_SET'
  /** The field is present and not empty; no value. */
  | 'IS_SET'
  /** The number is less than the value; one value. */
  | 'LESS_THAN'
  /** Not equal in type or value; one value. */
  | 'NOT_EQUALS'
  /** Equal to none of the values. */
  | 'NOT_IN'
  /** The text begins with the value, case-sensitive; one value. */
  | 'STARTS_WITH';

/** Where a consumer group stands in one partition. */
export type PartitionPositionInput = {
  /** Offset of the first record that is kept. */
  begin: number;
  /** Next offset the group will read; null when it has confirmed nothing, which counts from `begin`. */
  committed?: number | null | undefined;
  /** Offset the next record will get. */
  end: number;
  /** Number of the partition within its topic, from 0. */
  partition: number;
  /** Topic; told back, and not looked up. */
  topic?: string;
};

/** A step of a path with the one after it. */
export type PathEdgeInput = {
  /** Node of that step. */
  from: string;
  /** Number of the first of the two steps, as the answer counts them. */
  step: number;
  /** Node of the step after it. */
  to: string;
};

/** What the steps of a path are. */
export type PathNode =
  /** Names of events that are no views. */
  | 'EVENT'
  /** Pages of page views, and screens. */
  | 'PAGE';

/** Where events are produced. */
export type Platform =
  /** Mobile apps. */
  | 'MOBILE'
  /** Web sites. */
  | 'WEB';

/** Dead letters to try again. */
export type ReplayDeadLettersInput = {
  /** With `filter`: `endCursor` of the call before. */
  after?: string | null | undefined;
  /** Project for letters that name none, with `isUnowned`. */
  assignProjectId?: string | number | null | undefined;
  /** Letters that fit, the oldest first, a page at a time; instead of `ids`. */
  filter?: DeadLetterFilterInput | null | undefined;
  /** With `filter`: most letters of this call, up to the page limit; left out: 50. */
  first?: number | null | undefined;
  /** `deadLetterId`s, at most as many as a page may have; instead of `filter`. */
  ids?: Array<string | number> | null | undefined;
  /** Tell what would come of it, and change nothing. */
  isDryRun?: boolean;
  /** Mean the letters that name no project, instead of those of a project. */
  isUnowned?: boolean;
  /** JSON merge patch (RFC 7386) of each event, in the fields that the collector takes. Input that cannot be read counts as `{}`. With a patch, even an empty one, an event without `event_id` gets one derived from the letter. */
  patch?: unknown;
  /** Project of the letters; left out: that of the key. */
  projectId?: string | number | null | undefined;
};

/** What came of the replay of one letter. */
export type ReplayOutcome =
  /** Its events are on the log; in a dry run: would be. */
  | 'ACCEPTED'
  /** It had been replayed before; nothing was done. */
  | 'ALREADY_REPLAYED'
  /** It is still no event, for the reason the letter now has. */
  | 'REFUSED';

/** How a report is written. Instants are ISO 8601 in UTC, of their own type in Parquet. */
export type ReportFormat =
  /** Comma-separated, with a line of names; a missing number is empty. */
  | 'CSV'
  /** One list of objects. Amounts are texts, so that no cent is lost. */
  | 'JSON'
  /** The same objects, one a line. */
  | 'NDJSON'
  /** Parquet with typed columns, compressed by Snappy. */
  | 'PARQUET';

/** What the rows of a report are. */
export type ReportKind =
  /** Single events. */
  | 'EVENTS'
  /** Numbers by dimensions. */
  | 'EXPLORATION';

/** How far a report is. */
export type ReportState =
  /** Its file can be fetched. */
  | 'DONE'
  /** There will be no file; `error` says why. */
  | 'FAILED'
  /** It is being made. */
  | 'RUNNING'
  /** Others are made before it. */
  | 'WAITING';

/** A query to keep; it must be one that could be asked as it is. */
export type SavedQueryInput = {
  /** Which operation is meant, where the text has several. */
  operationName?: string | null | undefined;
  /** The text of a query. */
  query: string;
  /** Its variables. */
  variables?: Record<string, unknown> | null | undefined;
};

/** What each value of a series tells of, instead of its own bucket; exactly one field is given. People are counted as distinct persons of the whole window, everything else is summed. */
export type SeriesWindowInput = {
  /** True: the range from its start up to the end of the bucket. */
  cumulative?: boolean | null | undefined;
  /** So many buckets, of which its own is the last, 1 to 1000: whole ones, also before the range; only the end of the range cuts. */
  moving?: number | null | undefined;
};

/** What kind of place a traffic source is; of two that fit the upper one holds. */
export type SourceCategory =
  /** Assistants that answer with links. */
  | 'AI'
  /** Mail in the browser or in an app. */
  | 'EMAIL'
  /** Search engines. */
  | 'SEARCH'
  /** Shops and what compares prices. */
  | 'SHOPPING'
  /** Social networks. */
  | 'SOCIAL'
  /** Video sites. */
  | 'VIDEO';

/** The time a question is about: two local dates, both inclusive, in the time zone of the question (`2026-01-01` to `2026-01-31`), or two instants, half-open `[from, to)` (`2026-01-31T10:00:00Z` to `2026-01-31T11:00:00Z`). The two ends must be of one kind. */
export type TimeRangeInput = {
  /** First local date (`YYYY-MM-DD`) or first instant (ISO 8601 with `Z` or offset). */
  from: string;
  /** Last local date, included, or the first instant after the range. */
  to: string;
};

/** What of a visit is credited. */
export type TouchDimension =
  /** Campaign tag. */
  | 'CAMPAIGN'
  /** Default channel group. */
  | 'CHANNEL'
  /** Tag, else organic or referral by the referrer. */
  | 'MEDIUM'
  /** Tag, else external referrer, else what a click id implies. */
  | 'SOURCE';

/** A definition to change; what is left out stays. A content takes the place of the whole one, and is of its kind. */
export type UpdateDefinitionInput = {
  /** People; who belongs is decided when it is asked. */
  cohort?: CohortInput | null | undefined;
  /** Text for people. */
  description?: string | null | undefined;
  /** Only while this version is in force, else `CONFLICT`. */
  expectedVersion?: number | null | undefined;
  /** An experiment with its goals and its plan. */
  experiment?: KeptExperimentInput | null | undefined;
  /** Steps, and who goes through. */
  funnel?: KeptFunnelInput | null | undefined;
  /** Events that count. */
  goal?: EventSelectorInput | null | undefined;
  /** The definition: its `definitionId` or `id`. */
  id: string | number;
  /** Name for people, 1 to 200 characters. */
  name?: string | null | undefined;
  /** Project it belongs to; left out: that of the key used. */
  projectId?: string | number | null | undefined;
  /** A query with its variables. */
  savedQuery?: SavedQueryInput | null | undefined;
};

/** People of a variant and those of them who converted. */
export type VariantCountsInput = {
  /** People of these who converted. */
  conversions: number;
  /** People who met the variant. */
  users: number;
  /** The variant. */
  variant: string;
};

/** Planned share of a variant. */
export type VariantWeightInput = {
  /** The variant. */
  variant: string;
  /** Its share, relative to those of the others. */
  weight: number;
};

/** Rating of a web vital by its 75th percentile. */
export type WebVitalRating =
  /** At most the first threshold: LCP 2500, INP 200, CLS 0.1, FCP 1800, TTFB 800. */
  | 'GOOD'
  /** At most the second: LCP 4000, INP 500, CLS 0.25, FCP 3000, TTFB 1800. */
  | 'NEEDS_IMPROVEMENT'
  /** Above both thresholds. */
  | 'POOR';

export type ActiveNowSubscriptionVariables = Exact<{
  windowSeconds?: number;
}>;


export type ActiveNowSubscription = { activeNow: { asOf: string, users: number } };

export type AppQualityQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  limit?: number | null | undefined;
}>;


export type AppQualityQuery = { crashFree: { versions: Array<string>, otherVersions: number, overall: { sessions: number, crashedSessions: number, users: number, crashFreeSessionsPercent: number | null, crashRatePercent: number | null, crashFreeUsersPercent: number | null, anrRatePercent: number | null }, figures: Array<{ sessions: number, crashedSessions: number, users: number, crashFreeSessionsPercent: number | null, crashRatePercent: number | null, crashFreeUsersPercent: number | null, anrRatePercent: number | null }> }, crashGroups: { total: number, groups: Array<string>, crashes: Array<number>, users: Array<number>, versions: Array<Array<string>>, firstAt: Array<string>, lastAt: Array<string>, sampleEventIds: Array<string>, sampleProperties: Array<Record<string, unknown>>, otherGroups: number, otherCrashes: number }, appPerformance: { startTypes: Array<string>, requests: number, failedRequests: number, errorPercent: number | null, starts: Array<{ samples: number, p50: number | null, p95: number | null, p99: number | null }>, network: { samples: number, p50: number | null, p95: number | null, p99: number | null } }, screenViews: { total: number, users: number, screens: Array<string>, views: Array<number>, screenUsers: Array<number>, otherScreens: number } };

export type CrashesFragment = { sessions: number, crashedSessions: number, users: number, crashFreeSessionsPercent: number | null, crashRatePercent: number | null, crashFreeUsersPercent: number | null, anrRatePercent: number | null };

export type DurationsFragment = { samples: number, p50: number | null, p95: number | null, p99: number | null };

export type AttributionOfQueryVariables = Exact<{
  paths: Array<CountedPathInput> | CountedPathInput;
  models: Array<AttributionModel> | AttributionModel;
}>;


export type AttributionOfQuery = { attributionOf: Array<{ model: AttributionModel, values: Array<string>, credits: Array<number>, conversionProbability: number | null, removalEffects: Array<number> | null }> };

export type AttributionQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  goal: EventSelectorInput;
  models?: Array<AttributionModel> | AttributionModel;
  by?: TouchDimension;
  lookbackDays?: number;
}>;


export type AttributionQuery = { attribution: { conversions: number, unattributed: number, revenue: { currencies: Array<string>, totals: Array<string>, unattributed: Array<string> }, models: Array<{ model: AttributionModel, values: Array<string>, credits: Array<number>, conversionProbability: number | null, removalEffects: Array<number> | null, revenues: Array<{ currency: string, amounts: Array<string> }> }>, meta: { source: Array<string>, exact: boolean, asOf: string } } };

export type ConsumerLagOfQueryVariables = Exact<{
  partitions: Array<PartitionPositionInput> | PartitionPositionInput;
}>;


export type ConsumerLagOfQuery = { consumerLagOf: { total: number, max: number | null, partitions: Array<number>, lags: Array<number> } };

export type ConsumerLagQueryVariables = Exact<{ [key: string]: never; }>;


export type ConsumerLagQuery = { consumerLag: { total: number, max: number | null, oldestUnreadSeconds: number | null, topics: Array<string>, partitions: Array<number>, lags: Array<number> } };

export type ConversionAndRevenueQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  goal?: EventSelectorInput;
  breakdown?: string | null | undefined;
}>;


export type ConversionAndRevenueQuery = { conversionRate: { users: number, convertedUsers: number, totalConversions: number, userRatePercent: number | null, sessions: number, convertedSessions: number, sessionRatePercent: number | null, byValue: { values: Array<string>, users: Array<number>, convertedUsers: Array<number>, ratePercents: Array<number | null> } | null }, revenue: { currencies: Array<string>, netSums: Array<string>, total: string | null, orders: number, buyers: number, averageOrderValue: number | null, averageRevenuePerUser: number | null } };

export type CostQueryVariables = Exact<{
  query: string;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
}>;


export type CostQuery = { cost: { rows: number, budgetRows: number | null, isAffordable: boolean, resetsAt: string | null, statements: Array<string>, statementRows: Array<number> } };

export type CreateDefinitionMutationVariables = Exact<{
  input: CreateDefinitionInput;
}>;


export type CreateDefinitionMutation = { createDefinition: { definition: { id: string, definitionId: string, kind: DefinitionKind, name: string, version: number } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type CreateReportMutationVariables = Exact<{
  project?: string | number | null | undefined;
  format: ReportFormat;
  events?: EventsReportInput | null | undefined;
  exploration?: ExplorationReportInput | null | undefined;
}>;


export type CreateReportMutation = { createReport: { report: { id: string, kind: ReportKind, format: ReportFormat, state: ReportState, estimatedRows: number | null, rowsRead: number, progress: number, bytes: number | null, asOf: string | null, createdAt: string, finishedAt: string | null, expiresAt: string, columns: Array<{ name: string, of: string }>, error: { code: string, message: string } | null } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type DailyMetricsQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  project?: string | number | null | undefined;
  includeBots?: boolean;
}>;


export type DailyMetricsQuery = { activeUsers: { dates: Array<string>, dau: Array<number>, wau: Array<number>, mau: Array<number>, stickiness: Array<number | null> }, users: { total: number, series: { bucketStarts: Array<string>, values: Array<number> } | null }, events: { total: number, series: { bucketStarts: Array<string>, values: Array<number> } | null }, sessions: { total: number, users: number, viewsPerSession: number | null, series: { bucketStarts: Array<string>, values: Array<number> } | null }, pageViews: { total: number, unique: number, series: { bucketStarts: Array<string>, values: Array<number> } | null }, newReturning: { newUsers: number, returningUsers: number }, sessionDuration: { averageSeconds: number | null, medianSeconds: number | null, p90Seconds: number | null }, bounceRate: { bounceRatePercent: number | null, bounces: number, eligibleSessions: number } };

export type DeadLetterQueryVariables = Exact<{
  id: string | number;
  project?: string | number | null | undefined;
  isUnowned?: boolean | null | undefined;
}>;


export type DeadLetterQuery = { deadLetter: { id: string, deadLetterId: string, projectId: string | null, reason: string, message: string, source: string, sourcePartition: number | null, sourceOffset: number | null, attempts: number, receivedAt: string, state: DeadLetterState, changedAt: string | null, changedBy: string | null, eventProjectId: string | null, eventIds: Array<string>, content: { key: { text: string | null, base64: string } | null, value: { text: string | null, base64: string, size: number }, headers: Array<{ name: string, value: { text: string | null, base64: string } }> } | null } | null };

export type DeadLettersQueryVariables = Exact<{
  project?: string | number | null | undefined;
  isUnowned?: boolean | null | undefined;
  filter?: DeadLetterFilterInput | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type DeadLettersQuery = { deadLetters: { totalCount: number, edges: Array<{ cursor: string, node: { id: string, deadLetterId: string, projectId: string | null, reason: string, message: string, source: string, attempts: number, receivedAt: string, state: DeadLetterState, changedAt: string | null, changedBy: string | null, eventIds: Array<string> } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type DefinitionQueryVariables = Exact<{
  id: string | number;
  project?: string | number | null | undefined;
}>;


export type DefinitionQuery = { definition: { id: string, definitionId: string, kind: DefinitionKind, name: string, description: string, version: number, goal: { goal: string | null, event: string | null, where: Record<string, unknown> | null } | null, funnel: { order: FunnelOrder, windowSeconds: number, per: FunnelActor, steps: Array<{ goal: string | null, event: string | null, where: Record<string, unknown> | null }>, exclusions: Array<{ fromStep: number, toStep: number, event: { goal: string | null, event: string | null, where: Record<string, unknown> | null } }>, filter: Array<{ field: string, operator: Operator, values: Array<unknown> }>, cohort: { id: string | null, did: { atLeast: number, atMost: number | null, lastDays: number | null, event: { goal: string | null, event: string | null, where: Record<string, unknown> | null }, filter: Array<{ field: string, operator: Operator, values: Array<unknown> }>, range: { from: string, to: string } | null } | null, person: { field: string, operator: Operator, values: Array<unknown> } | null } | null } | null, cohort: { id: string | null, all: Array<{ id: string | null, did: { atLeast: number, atMost: number | null, lastDays: number | null, event: { goal: string | null, event: string | null, where: Record<string, unknown> | null }, filter: Array<{ field: string, operator: Operator, values: Array<unknown> }>, range: { from: string, to: string } | null } | null, person: { field: string, operator: Operator, values: Array<unknown> } | null }> | null, any: Array<{ id: string | null, did: { atLeast: number, atMost: number | null, lastDays: number | null, event: { goal: string | null, event: string | null, where: Record<string, unknown> | null }, filter: Array<{ field: string, operator: Operator, values: Array<unknown> }>, range: { from: string, to: string } | null } | null, person: { field: string, operator: Operator, values: Array<unknown> } | null }> | null, not: { id: string | null, did: { atLeast: number, atMost: number | null, lastDays: number | null, event: { goal: string | null, event: string | null, where: Record<string, unknown> | null }, filter: Array<{ field: string, operator: Operator, values: Array<unknown> }>, range: { from: string, to: string } | null } | null, person: { field: string, operator: Operator, values: Array<unknown> } | null } | null, did: { atLeast: number, atMost: number | null, lastDays: number | null, event: { goal: string | null, event: string | null, where: Record<string, unknown> | null }, filter: Array<{ field: string, operator: Operator, values: Array<unknown> }>, range: { from: string, to: string } | null } | null, person: { field: string, operator: Operator, values: Array<unknown> } | null } | null, experiment: { experiment: string, windowSeconds: number | null, control: string, goals: Array<{ goal: string | null, event: string | null, where: Record<string, unknown> | null }>, allocation: Array<{ variant: string, weight: number }> | null, filter: Array<{ field: string, operator: Operator, values: Array<unknown> }>, cohort: { id: string | null, did: { atLeast: number, atMost: number | null, lastDays: number | null, event: { goal: string | null, event: string | null, where: Record<string, unknown> | null }, filter: Array<{ field: string, operator: Operator, values: Array<unknown> }>, range: { from: string, to: string } | null } | null, person: { field: string, operator: Operator, values: Array<unknown> } | null } | null } | null, savedQuery: { query: string, variables: Record<string, unknown> | null, operationName: string | null } | null } | null };

export type KeptEventsFragment = { goal: string | null, event: string | null, where: Record<string, unknown> | null };

export type KeptConditionFragment = { field: string, operator: Operator, values: Array<unknown> };

export type KeptPeopleFragment = { id: string | null, did: { atLeast: number, atMost: number | null, lastDays: number | null, event: { goal: string | null, event: string | null, where: Record<string, unknown> | null }, filter: Array<{ field: string, operator: Operator, values: Array<unknown> }>, range: { from: string, to: string } | null } | null, person: { field: string, operator: Operator, values: Array<unknown> } | null };

export type DefinitionsQueryVariables = Exact<{
  project?: string | number | null | undefined;
  kind?: DefinitionKind | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type DefinitionsQuery = { definitions: { totalCount: number, edges: Array<{ cursor: string, node: { definitionId: string, kind: DefinitionKind, name: string, description: string, version: number, updatedAt: string, uses: Array<string> } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type DeleteDefinitionMutationVariables = Exact<{
  input: DeleteDefinitionInput;
}>;


export type DeleteDefinitionMutation = { deleteDefinition: { definition: { id: string, definitionId: string, kind: DefinitionKind, name: string, version: number } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type DeleteReportMutationVariables = Exact<{
  id: string | number;
  project?: string | number | null | undefined;
}>;


export type DeleteReportMutation = { deleteReport: { report: { id: string, kind: ReportKind, format: ReportFormat, state: ReportState, estimatedRows: number | null, rowsRead: number, progress: number, bytes: number | null, asOf: string | null, createdAt: string, finishedAt: string | null, expiresAt: string, columns: Array<{ name: string, of: string }>, error: { code: string, message: string } | null } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type DropDeadLettersMutationVariables = Exact<{
  input: DropDeadLettersInput;
}>;


export type DropDeadLettersMutation = { dropDeadLetters: { results: Array<{ outcome: DropOutcome, letter: { deadLetterId: string, state: DeadLetterState, changedAt: string | null, changedBy: string | null } }> | null, pageInfo: { hasNextPage: boolean, endCursor: string | null } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type EventChannelsQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  first?: number | null | undefined;
}>;


export type EventChannelsQuery = { eventChannels: { eventIds: Array<string>, channels: Array<string>, sources: Array<string>, areBots: Array<boolean>, hasMore: boolean } };

export type EventRateOfRangeQueryVariables = Exact<{
  range: TimeRangeInput;
  event?: EventSelectorInput | null | undefined;
}>;


export type EventRateOfRangeQuery = { eventRate: { perMinuteAverage: number | null, peakPerMinute: number | null, series: { bucketStarts: Array<string>, values: Array<number> } } };

export type EventRateSubscriptionVariables = Exact<{
  event?: EventSelectorInput | null | undefined;
  platform?: Platform | null | undefined;
  filter?: Array<ConditionInput> | ConditionInput;
  windowSeconds?: number;
  intervalMs?: number;
}>;


export type EventRateSubscription = { eventRate: { asOf: string, total: number, perSecond: number, series: { bucketStarts: Array<string>, values: Array<number> } } };

export type EventTailSubscriptionVariables = Exact<{
  event?: EventSelectorInput | null | undefined;
  filter?: Array<ConditionInput> | ConditionInput;
}>;


export type EventTailSubscription = { eventTail: { dropped: number, events: Array<{ eventId: string, eventName: string, occurredAt: string, platform: string, page: string, userId: string, anonymousId: string, properties: Record<string, unknown> }> } };

export type EventVolumeQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  event?: EventSelectorInput | null | undefined;
  filter?: Array<ConditionInput> | ConditionInput;
  grain?: Grain | null | undefined;
  breakdown?: string | null | undefined;
}>;


export type EventVolumeQuery = { eventVolume: { total: number, series: { bucketStarts: Array<string>, values: Array<number> } | null, breakdown: { values: Array<string>, counts: Array<number>, otherValues: number, otherCount: number } | null, meta: { source: Array<string>, rowsRead: number, exact: boolean, asOf: string, elapsedMs: number } } };

export type ExperimentOfQueryVariables = Exact<{
  counts: ExperimentCountsInput;
}>;


export type ExperimentOfQuery = { experimentOf: { warnings: Array<ExperimentWarning>, sampleRatio: { chiSquare: number, pValue: number, isMismatch: boolean }, variants: Array<{ variant: string, ratePercent: number | null, comparison: { liftPercent: number | null, z: number | null, pValue: number | null, probabilityToBeatControl: number } | null }> } };

export type ExperimentQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  experiment: string;
  goals: Array<EventSelectorInput> | EventSelectorInput;
  control?: string;
  allocation?: Array<VariantWeightInput> | VariantWeightInput | null | undefined;
  windowSeconds?: number | null | undefined;
  daily?: boolean;
}>;


export type ExperimentQuery = { experiment: { multiVariantUsers: number, warnings: Array<ExperimentWarning>, sampleRatio: { chiSquare: number, pValue: number, isMismatch: boolean }, goals: Array<{ variants: Array<{ variant: string, users: number, conversions: number, ratePercent: number | null, credibleInterval: { low: number, high: number } | null, comparison: { liftPercent: number | null, pValue: number | null, probabilityToBeatControl: number, liftInterval: { low: number, high: number } | null } | null }>, series: { bucketStarts: Array<string>, variants: Array<{ variant: string, users: Array<number>, conversions: Array<number>, ratePercents: Array<number | null>, liftPercents: Array<number | null>, pValues: Array<number | null> }> } | null }>, meta: { source: Array<string>, exact: boolean, asOf: string } } };

export type ExplainConversionQueryVariables = Exact<{
  eventId: string;
  by?: TouchDimension;
}>;


export type ExplainConversionQuery = { explainConversion: { conversion: { eventName: string, occurredAt: string, revenue: string | null, currency: string, startedAt: Array<string>, values: Array<string>, channels: Array<string>, credits: Array<{ model: AttributionModel, credits: Array<number> }> } | null } };

export type ExploreQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  over?: ExploreOver;
  event?: EventSelectorInput | null | undefined;
  measures: Array<ExploreMeasureInput> | ExploreMeasureInput;
  dimensions?: Array<string> | string;
  filter?: Array<ConditionInput> | ConditionInput;
  grain?: Grain | null | undefined;
  orderBy?: ExploreOrderInput | null | undefined;
  limit?: number | null | undefined;
}>;


export type ExploreQuery = { explore: { rows: number, otherRows: number, bucketStarts: Array<string> | null, dimensions: Array<{ name: string, values: Array<string> }>, measures: Array<{ measure: ExploreMeasure, property: string | null, values: Array<number | null>, total: number | null, other: number | null, series: Array<Array<number | null> | null> | null }>, meta: { source: Array<string>, exact: boolean, asOf: string } } };

export type FormulaQueryVariables = Exact<{
  range: TimeRangeInput;
  first: OperandInput;
  operator: FormulaOperator;
  second: OperandInput;
  filter?: Array<ConditionInput> | ConditionInput;
  cohort?: CohortInput | null | undefined;
  grain?: Grain | null | undefined;
  window?: SeriesWindowInput | null | undefined;
  breakdown?: string | null | undefined;
  limit?: number | null | undefined;
}>;


export type FormulaQuery = { formula: { total: number | null, first: number, second: number, series: { bucketStarts: Array<string>, results: Array<number | null> } | null, breakdown: { values: Array<string>, results: Array<number | null>, otherValues: number, other: { result: number | null } } | null, change: { absolute: number | null, percent: number | null }, meta: { source: Array<string>, exact: boolean, asOf: string } } };

export type FunnelActorsQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  steps: Array<EventSelectorInput> | EventSelectorInput;
  order?: FunnelOrder;
  windowSeconds?: number;
  per?: FunnelActor;
  step: number;
  which?: FunnelStepActors;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type FunnelActorsQuery = { funnelActors: { totalCount: number, edges: Array<{ cursor: string, node: { userId: string, anonymousId: string, session: string | null, reachedAt: Array<string> } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type FunnelConversionQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  steps: Array<EventSelectorInput> | EventSelectorInput;
  order?: FunnelOrder;
  windowSeconds?: number;
  exclusions?: Array<FunnelExclusionInput> | FunnelExclusionInput;
  breakdown?: FunnelBreakdownInput | null | undefined;
  cohort?: CohortInput | null | undefined;
  grain?: Grain | null | undefined;
  segments?: Array<FunnelSegmentInput> | FunnelSegmentInput;
}>;


export type FunnelConversionQuery = { funnel: { result: { counts: Array<number>, ratePercents: Array<number | null>, stepRatePercents: Array<number | null>, averageSeconds: Array<number | null>, medianSeconds: Array<number | null>, totalAverageSeconds: number | null, totalMedianSeconds: number | null, series: { bucketStarts: Array<string>, counts: Array<Array<number>>, conversionPercents: Array<number | null> } | null, timeHistogram: { boundsSeconds: Array<number>, steps: Array<Array<number>>, total: Array<number> } | null } | null, byValue: Array<{ value: string, result: { counts: Array<number>, ratePercents: Array<number | null>, stepRatePercents: Array<number | null>, averageSeconds: Array<number | null>, medianSeconds: Array<number | null>, totalAverageSeconds: number | null, totalMedianSeconds: number | null, series: { bucketStarts: Array<string>, counts: Array<Array<number>>, conversionPercents: Array<number | null> } | null, timeHistogram: { boundsSeconds: Array<number>, steps: Array<Array<number>>, total: Array<number> } | null } }> | null, segments: Array<{ name: string, result: { counts: Array<number>, ratePercents: Array<number | null>, stepRatePercents: Array<number | null>, averageSeconds: Array<number | null>, medianSeconds: Array<number | null>, totalAverageSeconds: number | null, totalMedianSeconds: number | null, series: { bucketStarts: Array<string>, counts: Array<Array<number>>, conversionPercents: Array<number | null> } | null, timeHistogram: { boundsSeconds: Array<number>, steps: Array<Array<number>>, total: Array<number> } | null } | null }> } };

export type FunnelStepsFragment = { counts: Array<number>, ratePercents: Array<number | null>, stepRatePercents: Array<number | null>, averageSeconds: Array<number | null>, medianSeconds: Array<number | null>, totalAverageSeconds: number | null, totalMedianSeconds: number | null, series: { bucketStarts: Array<string>, counts: Array<Array<number>>, conversionPercents: Array<number | null> } | null, timeHistogram: { boundsSeconds: Array<number>, steps: Array<Array<number>>, total: Array<number> } | null };

export type KeptFunnelQueryVariables = Exact<{
  id: string | number;
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  project?: string | number | null | undefined;
}>;


export type KeptFunnelQuery = { funnel: { result: { counts: Array<number>, ratePercents: Array<number | null>, stepRatePercents: Array<number | null>, averageSeconds: Array<number | null>, medianSeconds: Array<number | null>, totalAverageSeconds: number | null, totalMedianSeconds: number | null } | null, meta: { source: Array<string>, exact: boolean, asOf: string } } };

export type LiveEventRateOfRangeSubscriptionVariables = Exact<{
  range: TimeRangeInput;
  event?: EventSelectorInput | null | undefined;
  intervalMs?: number;
}>;


export type LiveEventRateOfRangeSubscription = { eventRateOfRange: { perMinuteAverage: number | null, peakPerMinute: number | null, meta: { asOf: string } } };

export type LiveEventVolumeSubscriptionVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  event?: EventSelectorInput | null | undefined;
  filter?: Array<ConditionInput> | ConditionInput;
  grain?: Grain | null | undefined;
  intervalMs?: number;
}>;


export type LiveEventVolumeSubscription = { eventVolume: { total: number, series: { bucketStarts: Array<string>, values: Array<number> } | null, meta: { asOf: string } } };

export type MetricSeriesQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  grain?: Grain;
}>;


export type MetricSeriesQuery = { eventVolume: { total: number, series: { bucketStarts: Array<string>, values: Array<number> } | null }, uniqueUsers: { total: number, series: { values: Array<number> } | null }, pageViews: { total: number, unique: number, series: { values: Array<number> } | null }, sessions: { total: number, users: number, viewsPerSession: number | null, series: { values: Array<number> } | null } };

export type PageBehaviourQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  page?: string;
  formId?: string | null | undefined;
  limit?: number | null | undefined;
}>;


export type PageBehaviourQuery = { heatmap: { columns: Array<number>, rows: Array<number>, clicks: Array<number>, total: number, dropped: number, otherCells: number, otherClicks: number }, rageClicks: { bursts: number, sessions: number, pages: Array<string>, pageBursts: Array<number>, pageSessions: Array<number>, otherPages: number }, scrollDepth: { samples: number, averagePercent: number | null, pages: Array<string>, pageSamples: Array<number>, averagePercents: Array<number>, steps: Array<number>, reachPercents: Array<Array<number>>, otherPages: number }, formAnalytics: { views: number, starts: number, submits: number, startRatePercent: number | null, completionRatePercent: number | null, abandonRatePercent: number | null, averageSeconds: number | null, dropOff: { fields: Array<string>, sessions: Array<number>, otherFields: number }, byForm: { formIds: Array<string>, views: Array<number>, starts: Array<number>, submits: Array<number>, otherForms: number } }, videoPlays: { plays: number, viewingSessions: number, playingSessions: number, playRatePercent: number | null, pages: Array<string>, pagePlays: Array<number>, pageViewingSessions: Array<number>, pagePlayingSessions: Array<number>, pagePlayRatePercents: Array<number | null>, otherPages: number } };

export type PageEngagementQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  limit?: number | null | undefined;
}>;


export type PageEngagementQuery = { engagementTime: { averageSecondsPerSession: number | null, byPage: { pages: Array<string>, averageSeconds: Array<number> } | null }, entryExit: { pages: Array<string>, entries: Array<number>, exits: Array<number>, exitRatePercents: Array<number | null>, otherPages: number } };

export type PageMetricsQueryVariables = Exact<{
  page: unknown;
  pageName: string;
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  project?: string | number | null | undefined;
  includeBots?: boolean;
  grain?: Grain | null | undefined;
}>;


export type PageMetricsQuery = { pageViews: { total: number, unique: number, series: { bucketStarts: Array<string>, values: Array<number> } | null }, users: { total: number, series: { bucketStarts: Array<string>, values: Array<number> } | null }, entries: { total: number, users: number, viewsPerSession: number | null }, exits: { total: number }, bounceRate: { bounceRatePercent: number | null, bounces: number, eligibleSessions: number }, pageLoad: { samples: number, p50: number | null, p75: number | null, p95: number | null }, webVitals: { names: Array<string>, samples: Array<number>, p75: Array<number | null>, ratings: Array<WebVitalRating | null>, goodPercents: Array<number | null> } };

export type PageSpeedQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  page?: string | null | undefined;
  limit?: number | null | undefined;
}>;


export type PageSpeedQuery = { pageLoad: { samples: number, p50: number | null, p75: number | null, p95: number | null, otherPages: number, byPage: { pages: Array<string>, samples: Array<number>, p50: Array<number>, p75: Array<number>, p95: Array<number> } }, webVitals: { names: Array<string>, samples: Array<number>, p75: Array<number | null>, ratings: Array<WebVitalRating | null>, goodPercents: Array<number | null> } };

export type PageViewsQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  limit?: number | null | undefined;
}>;


export type PageViewsQuery = { pageViews: { total: number, unique: number, pages: { values: Array<string>, counts: Array<number>, otherValues: number, otherCount: number } | null } };

export type PathSessionsQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  node?: PathNode;
  through: PathEdgeInput;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type PathSessionsQuery = { pathSessions: { totalCount: number | null, totalPeople: number | null, edges: Array<{ cursor: string, node: { key: string, startedAt: string, endedAt: string, userId: string, anonymousId: string, path: Array<string> } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type PathsQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  filter?: Array<ConditionInput> | ConditionInput;
  cohort?: CohortInput | null | undefined;
  node?: PathNode;
  maxSteps?: number;
  start?: string | null | undefined;
  end?: string | null | undefined;
  through?: PathEdgeInput | null | undefined;
}>;


export type PathsQuery = { paths: { sessions: number, edges: { steps: Array<number>, from: Array<string>, to: Array<string>, sessions: Array<number>, otherEdges: number }, sequences: { paths: Array<Array<string>>, sessions: Array<number>, otherSequences: number }, nodes: { steps: Array<number>, nodes: Array<string>, sessions: Array<number>, dropOffs: Array<number> }, meta: { source: Array<string>, exact: boolean, asOf: string } } };

export type PeopleQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
}>;


export type PeopleQuery = { activeUsers: { dates: Array<string>, dau: Array<number>, wau: Array<number>, mau: Array<number>, stickiness: Array<number | null> }, newReturning: { newUsers: number, returningUsers: number, total: number }, stickinessHistogram: { histogram: Array<number> }, botTraffic: { events: number, botEvents: number, botPercent: number | null, humanUsers: number } };

export type ProjectSettingsQueryVariables = Exact<{ [key: string]: never; }>;


export type ProjectSettingsQuery = { project: { projectId: string, name: string, timeZone: string, sessionTimeoutSeconds: number, linkedDomains: Array<string>, allowedOrigins: Array<string>, version: number, channelRules: Array<{ category: SourceCategory, sources: Array<string> }> } };

export type ReplayDeadLettersMutationVariables = Exact<{
  input: ReplayDeadLettersInput;
}>;


export type ReplayDeadLettersMutation = { replayDeadLetters: { results: Array<{ outcome: ReplayOutcome, letter: { deadLetterId: string, state: DeadLetterState, reason: string, message: string, attempts: number, eventProjectId: string | null, eventIds: Array<string> } }> | null, pageInfo: { hasNextPage: boolean, endCursor: string | null } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type ReportQueryVariables = Exact<{
  id: string | number;
  project?: string | number | null | undefined;
}>;


export type ReportQuery = { report: { id: string, kind: ReportKind, format: ReportFormat, state: ReportState, estimatedRows: number | null, rowsRead: number, progress: number, bytes: number | null, asOf: string | null, createdAt: string, finishedAt: string | null, expiresAt: string, columns: Array<{ name: string, of: string }>, error: { code: string, message: string } | null } };

export type RetentionQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  feature: EventSelectorInput;
}>;


export type RetentionQuery = { retention: { cohorts: Array<string>, matrix: Array<Array<number | null> | null>, complete: Array<Array<boolean>>, ratePercents: Array<number | null>, brackets: Array<{ from: number, to: number, people: Array<number | null>, complete: Array<boolean>, ratePercent: number | null }> }, lifecycle: { buckets: Array<string>, newUsers: Array<number>, returning: Array<number>, resurrecting: Array<number>, dormant: Array<number> }, featureAdoption: { activeUsers: number, adopters: number, newAdopters: number, uses: number, adoptionPercent: number | null, usesPerAdopter: number | null } };

export type SeoLandingQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  goal?: EventSelectorInput | null | undefined;
  limit?: number | null | undefined;
}>;


export type SeoLandingQuery = { seoLanding: { sessionsWithEntryPage: number, organic: { sessions: number, sharePercent: number | null, pages: Array<string>, pageSessions: Array<number>, bounceRatePercents: Array<number>, engagementRatePercents: Array<number>, sessionConversionPercents: Array<number> | null, otherPages: number, revenue: { pages: Array<string>, currencies: Array<string>, netSums: Array<string> } | null }, aiAssistants: { sessions: number, sharePercent: number | null, pages: Array<string>, pageSessions: Array<number>, bounceRatePercents: Array<number>, engagementRatePercents: Array<number>, sessionConversionPercents: Array<number> | null, otherPages: number, revenue: { pages: Array<string>, currencies: Array<string>, netSums: Array<string> } | null }, crawlHits: { values: Array<string>, counts: Array<number>, otherValues: number, otherCount: number } } };

export type LandingPagesFragment = { sessions: number, sharePercent: number | null, pages: Array<string>, pageSessions: Array<number>, bounceRatePercents: Array<number>, engagementRatePercents: Array<number>, sessionConversionPercents: Array<number> | null, otherPages: number, revenue: { pages: Array<string>, currencies: Array<string>, netSums: Array<string> } | null };

export type SessionQualityQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
}>;


export type SessionQualityQuery = { sessions: { total: number, users: number, viewsPerSession: number | null, breakdown: { values: Array<string>, counts: Array<number> } | null }, sessionDuration: { averageSeconds: number | null, medianSeconds: number | null, p90Seconds: number | null }, bounceRate: { eligibleSessions: number, bounces: number, bounceRatePercent: number | null, engagementRatePercent: number | null, byEntryPage: { pages: Array<string>, eligibleSessions: Array<number>, bounceRatePercents: Array<number> } | null } };

export type SessionQueryQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  project?: string | number | null | undefined;
  filter?: Array<ConditionInput> | ConditionInput;
  cohort?: CohortInput | null | undefined;
  includeBots?: boolean;
  grain?: Grain | null | undefined;
  window?: SeriesWindowInput | null | undefined;
  breakdown?: string | null | undefined;
  limit?: number | null | undefined;
}>;


export type SessionQueryQuery = { sessions: { total: number, users: number, viewsPerSession: number | null, series: { bucketStarts: Array<string>, values: Array<number> } | null, breakdown: { values: Array<string>, counts: Array<number>, sharePercents: Array<number | null> | null, otherValues: number, otherCount: number, otherSharePercent: number | null } | null, meta: { source: Array<string>, rowsRead: number, exact: boolean, asOf: string } }, duration: { averageSeconds: number | null, medianSeconds: number | null, p90Seconds: number | null }, bounceRate: { bounceRatePercent: number | null, engagementRatePercent: number | null, bounces: number, eligibleSessions: number }, engagementTime: { averageSecondsPerSession: number | null } };

export type TopListsQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  limit?: number | null | undefined;
}>;


export type TopListsQuery = { topPages: { values: Array<string>, users: Array<number>, sessions: Array<number>, pageViews: Array<number>, userSharePercents: Array<number | null>, otherValues: number }, topSources: { values: Array<string>, users: Array<number>, sessions: Array<number>, pageViews: Array<number>, userSharePercents: Array<number | null>, otherValues: number }, topDevices: { values: Array<string>, users: Array<number>, sessions: Array<number>, pageViews: Array<number>, userSharePercents: Array<number | null>, otherValues: number }, topBrowsers: { values: Array<string>, users: Array<number>, sessions: Array<number>, pageViews: Array<number>, userSharePercents: Array<number | null>, otherValues: number } };

export type TopListFragment = { values: Array<string>, users: Array<number>, sessions: Array<number>, pageViews: Array<number>, userSharePercents: Array<number | null>, otherValues: number };

export type TopPagesQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  limit?: number | null | undefined;
}>;


export type TopPagesQuery = { topPages: { values: Array<string>, pageViews: Array<number>, users: Array<number>, sessions: Array<number>, userSharePercents: Array<number | null>, otherValues: number } };

export type TrustQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
}>;


export type TrustQuery = { dataQuality: { received: number, refused: number, duplicates: number, unique: number, complete: number, late: number, validity: number | null, completeness: number | null, uniqueness: number | null, timeliness: number | null, score: number | null }, ingestionLatency: { events: number, processingMs: { p50: number | null, p95: number | null, p99: number | null }, endToEndMs: { p50: number | null, p95: number | null, p99: number | null } } };

export type PercentilesFragment = { p50: number | null, p95: number | null, p99: number | null };

export type UniqueUsersQueryVariables = Exact<{
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  event?: EventSelectorInput | null | undefined;
  breakdown?: string | null | undefined;
}>;


export type UniqueUsersQuery = { uniqueUsers: { total: number, breakdown: { values: Array<string>, counts: Array<number>, sharePercents: Array<number | null> | null, otherValues: number } | null, meta: { source: Array<string>, rowsRead: number, exact: boolean } } };

export type UpdateDefinitionMutationVariables = Exact<{
  input: UpdateDefinitionInput;
}>;


export type UpdateDefinitionMutation = { updateDefinition: { definition: { id: string, definitionId: string, kind: DefinitionKind, name: string, version: number } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type UserBehaviorQueryVariables = Exact<{
  userId: string | number;
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  project?: string | number | null | undefined;
  includeBots?: boolean;
  grain?: Grain | null | undefined;
  limit?: number | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type UserBehaviorQuery = { events: { total: number, series: { bucketStarts: Array<string>, values: Array<number> } | null, breakdown: { values: Array<string>, counts: Array<number>, otherValues: number, otherCount: number } | null }, pages: { values: Array<string>, pageViews: Array<number>, sessions: Array<number>, otherValues: number, otherPageViews: number }, devices: { values: Array<string>, sessions: Array<number>, pageViews: Array<number> }, paths: { sessions: number, edges: { steps: Array<number>, from: Array<string>, to: Array<string>, sessions: Array<number>, otherEdges: number } }, user: { timeline: { edges: Array<{ node: { eventId: string, eventName: string, occurredAt: string, platform: string, session: string | null, page: string, screen: string, properties: Record<string, unknown> } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } };

export type UserSummaryQueryVariables = Exact<{
  userId: string | number;
  range: TimeRangeInput;
  timeZone?: string | null | undefined;
  project?: string | number | null | undefined;
  includeBots?: boolean;
}>;


export type UserSummaryQuery = { events: { total: number }, pageViews: { total: number, unique: number }, screenViews: { total: number }, sessions: { total: number, viewsPerSession: number | null }, sessionDuration: { averageSeconds: number | null, medianSeconds: number | null, p90Seconds: number | null }, engagementTime: { averageSecondsPerSession: number | null }, revenue: { total: string | null, currencies: Array<string>, netSums: Array<string>, orders: number, averageOrderValue: number | null } };

export type UserTimelineQueryVariables = Exact<{
  userId: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type UserTimelineQuery = { user: { id: string, userId: string, timeline: { edges: Array<{ cursor: string, node: { eventId: string, eventName: string, occurredAt: string, page: string, screen: string, deviceType: string, properties: Record<string, unknown> } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const CrashesFragmentDoc = new TypedDocumentString(`
    fragment Crashes on CrashFigures {
  sessions
  crashedSessions
  users
  crashFreeSessionsPercent
  crashRatePercent
  crashFreeUsersPercent
  anrRatePercent
}
    `, {"fragmentName":"Crashes"}) as unknown as TypedDocumentString<CrashesFragment, unknown>;
export const DurationsFragmentDoc = new TypedDocumentString(`
    fragment Durations on DurationFigures {
  samples
  p50
  p95
  p99
}
    `, {"fragmentName":"Durations"}) as unknown as TypedDocumentString<DurationsFragment, unknown>;
export const KeptEventsFragmentDoc = new TypedDocumentString(`
    fragment KeptEvents on EventSelector {
  goal
  event
  where
}
    `, {"fragmentName":"KeptEvents"}) as unknown as TypedDocumentString<KeptEventsFragment, unknown>;
export const KeptConditionFragmentDoc = new TypedDocumentString(`
    fragment KeptCondition on Condition {
  field
  operator
  values
}
    `, {"fragmentName":"KeptCondition"}) as unknown as TypedDocumentString<KeptConditionFragment, unknown>;
export const KeptPeopleFragmentDoc = new TypedDocumentString(`
    fragment KeptPeople on Cohort {
  id
  did {
    event {
      ...KeptEvents
    }
    filter {
      ...KeptCondition
    }
    atLeast
    atMost
    lastDays
    range {
      from
      to
    }
  }
  person {
    ...KeptCondition
  }
}
    fragment KeptEvents on EventSelector {
  goal
  event
  where
}
fragment KeptCondition on Condition {
  field
  operator
  values
}`, {"fragmentName":"KeptPeople"}) as unknown as TypedDocumentString<KeptPeopleFragment, unknown>;
export const FunnelStepsFragmentDoc = new TypedDocumentString(`
    fragment FunnelSteps on FunnelResult {
  counts
  ratePercents
  stepRatePercents
  averageSeconds
  medianSeconds
  totalAverageSeconds
  totalMedianSeconds
  series {
    bucketStarts
    counts
    conversionPercents
  }
  timeHistogram {
    boundsSeconds
    steps
    total
  }
}
    `, {"fragmentName":"FunnelSteps"}) as unknown as TypedDocumentString<FunnelStepsFragment, unknown>;
export const LandingPagesFragmentDoc = new TypedDocumentString(`
    fragment LandingPages on Landing {
  sessions
  sharePercent
  pages
  pageSessions
  bounceRatePercents
  engagementRatePercents
  sessionConversionPercents
  revenue {
    pages
    currencies
    netSums
  }
  otherPages
}
    `, {"fragmentName":"LandingPages"}) as unknown as TypedDocumentString<LandingPagesFragment, unknown>;
export const TopListFragmentDoc = new TypedDocumentString(`
    fragment TopList on TopRows {
  values
  users
  sessions
  pageViews
  userSharePercents
  otherValues
}
    `, {"fragmentName":"TopList"}) as unknown as TypedDocumentString<TopListFragment, unknown>;
export const PercentilesFragmentDoc = new TypedDocumentString(`
    fragment Percentiles on LatencyPercentiles {
  p50
  p95
  p99
}
    `, {"fragmentName":"Percentiles"}) as unknown as TypedDocumentString<PercentilesFragment, unknown>;
export const ActiveNowDocument = new TypedDocumentString(`
    subscription ActiveNow($windowSeconds: Int! = 300) {
  activeNow(windowSeconds: $windowSeconds) {
    asOf
    users
  }
}
    `, {"hash":"sha256:31b71b09f07718a4c95b27d1caaeb9a7f8b6dc4a78df5833baffb50a647e0999"}) as unknown as TypedDocumentString<ActiveNowSubscription, ActiveNowSubscriptionVariables>;
export const AppQualityDocument = new TypedDocumentString(`
    query AppQuality($range: TimeRangeInput!, $timeZone: TimeZone, $limit: Int = 20) {
  crashFree(range: $range, timeZone: $timeZone, limit: $limit) {
    overall {
      ...Crashes
    }
    versions
    figures {
      ...Crashes
    }
    otherVersions
  }
  crashGroups(range: $range, timeZone: $timeZone, limit: $limit) {
    total
    groups
    crashes
    users
    versions
    firstAt
    lastAt
    sampleEventIds
    sampleProperties
    otherGroups
    otherCrashes
  }
  appPerformance(range: $range, timeZone: $timeZone) {
    startTypes
    starts {
      ...Durations
    }
    network {
      ...Durations
    }
    requests
    failedRequests
    errorPercent
  }
  screenViews(range: $range, timeZone: $timeZone, limit: $limit) {
    total
    users
    screens
    views
    screenUsers
    otherScreens
  }
}
    fragment Crashes on CrashFigures {
  sessions
  crashedSessions
  users
  crashFreeSessionsPercent
  crashRatePercent
  crashFreeUsersPercent
  anrRatePercent
}
fragment Durations on DurationFigures {
  samples
  p50
  p95
  p99
}`, {"hash":"sha256:7588d95dd31d438b06db3eb552edc2ef9d59bff8574d40a87df206f873d3fcd0"}) as unknown as TypedDocumentString<AppQualityQuery, AppQualityQueryVariables>;
export const AttributionOfDocument = new TypedDocumentString(`
    query AttributionOf($paths: [CountedPathInput!]!, $models: [AttributionModel!]!) {
  attributionOf(paths: $paths, models: $models) {
    model
    values
    credits
    conversionProbability
    removalEffects
  }
}
    `, {"hash":"sha256:93db187fbe8775393db2898117aa6ed70ca1d823719b0af684e668e7c7b57f6c"}) as unknown as TypedDocumentString<AttributionOfQuery, AttributionOfQueryVariables>;
export const AttributionDocument = new TypedDocumentString(`
    query Attribution($range: TimeRangeInput!, $timeZone: TimeZone, $goal: EventSelectorInput!, $models: [AttributionModel!]! = [LAST_NON_DIRECT], $by: TouchDimension! = CHANNEL, $lookbackDays: Float! = 30) {
  attribution(
    range: $range
    timeZone: $timeZone
    goal: $goal
    models: $models
    by: $by
    lookbackDays: $lookbackDays
  ) {
    conversions
    unattributed
    revenue {
      currencies
      totals
      unattributed
    }
    models {
      model
      values
      credits
      revenues {
        currency
        amounts
      }
      conversionProbability
      removalEffects
    }
    meta {
      source
      exact
      asOf
    }
  }
}
    `, {"hash":"sha256:00d41baa80d6fafb894d429d69d78b066d3d3afeb5748b70db1c7c4d318543aa"}) as unknown as TypedDocumentString<AttributionQuery, AttributionQueryVariables>;
export const ConsumerLagOfDocument = new TypedDocumentString(`
    query ConsumerLagOf($partitions: [PartitionPositionInput!]!) {
  consumerLagOf(partitions: $partitions) {
    total
    max
    partitions
    lags
  }
}
    `, {"hash":"sha256:06bd2bab39eb5044d5236ee3bcb2a8bf4f81bdad0120b421884d399f6deafc8d"}) as unknown as TypedDocumentString<ConsumerLagOfQuery, ConsumerLagOfQueryVariables>;
export const ConsumerLagDocument = new TypedDocumentString(`
    query ConsumerLag {
  consumerLag {
    total
    max
    oldestUnreadSeconds
    topics
    partitions
    lags
  }
}
    `, {"hash":"sha256:f3c4602de75c0d97bb0f7c18b7de447791d80fb7cc5349d6c55309317df00e58"}) as unknown as TypedDocumentString<ConsumerLagQuery, ConsumerLagQueryVariables>;
export const ConversionAndRevenueDocument = new TypedDocumentString(`
    query ConversionAndRevenue($range: TimeRangeInput!, $timeZone: TimeZone, $goal: EventSelectorInput! = {event: "purchase"}, $breakdown: String) {
  conversionRate(
    range: $range
    timeZone: $timeZone
    goal: $goal
    breakdown: $breakdown
  ) {
    users
    convertedUsers
    totalConversions
    userRatePercent
    sessions
    convertedSessions
    sessionRatePercent
    byValue {
      values
      users
      convertedUsers
      ratePercents
    }
  }
  revenue(range: $range, timeZone: $timeZone) {
    currencies
    netSums
    total
    orders
    buyers
    averageOrderValue
    averageRevenuePerUser
  }
}
    `, {"hash":"sha256:e9b346e58a96f3e3ec60b2d56233c4dc7ef20351fe22841b2a1869e4fbc3dd0d"}) as unknown as TypedDocumentString<ConversionAndRevenueQuery, ConversionAndRevenueQueryVariables>;
export const CostDocument = new TypedDocumentString(`
    query Cost($query: String!, $operationName: String, $variables: JSONObject) {
  cost(query: $query, operationName: $operationName, variables: $variables) {
    rows
    budgetRows
    isAffordable
    resetsAt
    statements
    statementRows
  }
}
    `, {"hash":"sha256:a0c5df9c79e01e95c8d0d5e3fedbcaaa8da9c6d6c0145c7d309ce889b48f9be1"}) as unknown as TypedDocumentString<CostQuery, CostQueryVariables>;
export const CreateDefinitionDocument = new TypedDocumentString(`
    mutation CreateDefinition($input: CreateDefinitionInput!) {
  createDefinition(input: $input) {
    definition {
      id
      definitionId
      kind
      name
      version
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `, {"hash":"sha256:13482a89c771216f3ac3f2ec7759e9143649ec7acb4ed7af424dee019b0fc013"}) as unknown as TypedDocumentString<CreateDefinitionMutation, CreateDefinitionMutationVariables>;
export const CreateReportDocument = new TypedDocumentString(`
    mutation CreateReport($project: ID, $format: ReportFormat!, $events: EventsReportInput, $exploration: ExplorationReportInput) {
  createReport(
    input: {projectId: $project, format: $format, events: $events, exploration: $exploration}
  ) {
    report {
      id
      kind
      format
      state
      columns {
        name
        of
      }
      estimatedRows
      rowsRead
      progress
      bytes
      asOf
      createdAt
      finishedAt
      expiresAt
      error {
        code
        message
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `, {"hash":"sha256:542fd09c001da98d1e6a7f9258dc42dcdfbe5344c8e4c677fe02185340983a2a"}) as unknown as TypedDocumentString<CreateReportMutation, CreateReportMutationVariables>;
export const DailyMetricsDocument = new TypedDocumentString(`
    query DailyMetrics($range: TimeRangeInput!, $timeZone: TimeZone, $project: ID, $includeBots: Boolean! = false) {
  activeUsers(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
  ) {
    dates
    dau
    wau
    mau
    stickiness
  }
  users: uniqueUsers(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    grain: DAY
  ) {
    total
    series {
      bucketStarts
      values
    }
  }
  events: eventVolume(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    grain: DAY
  ) {
    total
    series {
      bucketStarts
      values
    }
  }
  sessions(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    grain: DAY
  ) {
    total
    users
    viewsPerSession
    series {
      bucketStarts
      values
    }
  }
  pageViews(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    grain: DAY
  ) {
    total
    unique
    series {
      bucketStarts
      values
    }
  }
  newReturning(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
  ) {
    newUsers
    returningUsers
  }
  sessionDuration(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
  ) {
    averageSeconds
    medianSeconds
    p90Seconds
  }
  bounceRate(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
  ) {
    bounceRatePercent
    bounces
    eligibleSessions
  }
}
    `, {"hash":"sha256:0720b55fefdff09b5a9996add69ee056ec594690eead6f9235e0dc9331d57bce"}) as unknown as TypedDocumentString<DailyMetricsQuery, DailyMetricsQueryVariables>;
export const DeadLetterDocument = new TypedDocumentString(`
    query DeadLetter($id: ID!, $project: ID, $isUnowned: Boolean = false) {
  deadLetter(id: $id, project: $project, isUnowned: $isUnowned) {
    id
    deadLetterId
    projectId
    reason
    message
    source
    sourcePartition
    sourceOffset
    attempts
    receivedAt
    state
    changedAt
    changedBy
    eventProjectId
    eventIds
    content {
      key {
        text
        base64
      }
      value {
        text
        base64
        size
      }
      headers {
        name
        value {
          text
          base64
        }
      }
    }
  }
}
    `, {"hash":"sha256:a68703c0915f8d3a0c1cbb9b688a0bcd231cd97e5e42ba6d0b1cb24c2edd4a50"}) as unknown as TypedDocumentString<DeadLetterQuery, DeadLetterQueryVariables>;
export const DeadLettersDocument = new TypedDocumentString(`
    query DeadLetters($project: ID, $isUnowned: Boolean = false, $filter: DeadLetterFilterInput, $first: Int, $after: String) {
  deadLetters(
    project: $project
    isUnowned: $isUnowned
    filter: $filter
    first: $first
    after: $after
  ) {
    totalCount
    edges {
      cursor
      node {
        id
        deadLetterId
        projectId
        reason
        message
        source
        attempts
        receivedAt
        state
        changedAt
        changedBy
        eventIds
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:4841a101444a348ab684dca61a5175e63b7a83fa7bd091d939a027e1038e0653"}) as unknown as TypedDocumentString<DeadLettersQuery, DeadLettersQueryVariables>;
export const DefinitionDocument = new TypedDocumentString(`
    query Definition($id: ID!, $project: ID) {
  definition(id: $id, project: $project) {
    id
    definitionId
    kind
    name
    description
    version
    goal {
      ...KeptEvents
    }
    funnel {
      steps {
        ...KeptEvents
      }
      order
      windowSeconds
      per
      exclusions {
        event {
          ...KeptEvents
        }
        fromStep
        toStep
      }
      filter {
        ...KeptCondition
      }
      cohort {
        ...KeptPeople
      }
    }
    cohort {
      ...KeptPeople
      all {
        ...KeptPeople
      }
      any {
        ...KeptPeople
      }
      not {
        ...KeptPeople
      }
    }
    experiment {
      experiment
      goals {
        ...KeptEvents
      }
      windowSeconds
      control
      allocation {
        variant
        weight
      }
      filter {
        ...KeptCondition
      }
      cohort {
        ...KeptPeople
      }
    }
    savedQuery {
      query
      variables
      operationName
    }
  }
}
    fragment KeptEvents on EventSelector {
  goal
  event
  where
}
fragment KeptCondition on Condition {
  field
  operator
  values
}
fragment KeptPeople on Cohort {
  id
  did {
    event {
      ...KeptEvents
    }
    filter {
      ...KeptCondition
    }
    atLeast
    atMost
    lastDays
    range {
      from
      to
    }
  }
  person {
    ...KeptCondition
  }
}`, {"hash":"sha256:ee6f6f630bcf28c212b56a4c15a13a871a38769df708958a06140958d91a193b"}) as unknown as TypedDocumentString<DefinitionQuery, DefinitionQueryVariables>;
export const DefinitionsDocument = new TypedDocumentString(`
    query Definitions($project: ID, $kind: DefinitionKind, $first: Int, $after: String) {
  definitions(project: $project, kind: $kind, first: $first, after: $after) {
    totalCount
    edges {
      cursor
      node {
        definitionId
        kind
        name
        description
        version
        updatedAt
        uses
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:02937ee5d256e5edead10aa938e8265cc72b7e601439701520f305ac0fe51cfd"}) as unknown as TypedDocumentString<DefinitionsQuery, DefinitionsQueryVariables>;
export const DeleteDefinitionDocument = new TypedDocumentString(`
    mutation DeleteDefinition($input: DeleteDefinitionInput!) {
  deleteDefinition(input: $input) {
    definition {
      id
      definitionId
      kind
      name
      version
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `, {"hash":"sha256:7ad15ebd29c709c72dc804eced595b718dbb7d01366161c6794c7c67b66f1223"}) as unknown as TypedDocumentString<DeleteDefinitionMutation, DeleteDefinitionMutationVariables>;
export const DeleteReportDocument = new TypedDocumentString(`
    mutation DeleteReport($id: ID!, $project: ID) {
  deleteReport(input: {projectId: $project, id: $id}) {
    report {
      id
      kind
      format
      state
      columns {
        name
        of
      }
      estimatedRows
      rowsRead
      progress
      bytes
      asOf
      createdAt
      finishedAt
      expiresAt
      error {
        code
        message
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `, {"hash":"sha256:a61a6eba9e6975add72dec3bc980cbcc2b26b32f1b4397fe1f290fd0c66c8dc9"}) as unknown as TypedDocumentString<DeleteReportMutation, DeleteReportMutationVariables>;
export const DropDeadLettersDocument = new TypedDocumentString(`
    mutation DropDeadLetters($input: DropDeadLettersInput!) {
  dropDeadLetters(input: $input) {
    results {
      outcome
      letter {
        deadLetterId
        state
        changedAt
        changedBy
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `, {"hash":"sha256:9097da94d43e386324d8be669daf0466963e98738fafb821f3a52837fd518222"}) as unknown as TypedDocumentString<DropDeadLettersMutation, DropDeadLettersMutationVariables>;
export const EventChannelsDocument = new TypedDocumentString(`
    query EventChannels($range: TimeRangeInput!, $timeZone: TimeZone, $first: Int = 100) {
  eventChannels(range: $range, timeZone: $timeZone, first: $first) {
    eventIds
    channels
    sources
    areBots
    hasMore
  }
}
    `, {"hash":"sha256:186d464c44b3a76847704373df87bbb69155ba83f2549c225f4ba0798947f201"}) as unknown as TypedDocumentString<EventChannelsQuery, EventChannelsQueryVariables>;
export const EventRateOfRangeDocument = new TypedDocumentString(`
    query EventRateOfRange($range: TimeRangeInput!, $event: EventSelectorInput) {
  eventRate(range: $range, event: $event) {
    perMinuteAverage
    peakPerMinute
    series {
      bucketStarts
      values
    }
  }
}
    `, {"hash":"sha256:9a725b203d14f5d61bc537db67dedcbabd0d3e91e67e6e910e29b1252c58f8aa"}) as unknown as TypedDocumentString<EventRateOfRangeQuery, EventRateOfRangeQueryVariables>;
export const EventRateDocument = new TypedDocumentString(`
    subscription EventRate($event: EventSelectorInput, $platform: Platform, $filter: [ConditionInput!]! = [], $windowSeconds: Int! = 60, $intervalMs: Int! = 1000) {
  eventRate(
    event: $event
    platform: $platform
    filter: $filter
    windowSeconds: $windowSeconds
    intervalMs: $intervalMs
  ) {
    asOf
    total
    perSecond
    series {
      bucketStarts
      values
    }
  }
}
    `, {"hash":"sha256:0208906304b62a3a01df54c40b118b2ab233e38564a8237919677526815d8cb1"}) as unknown as TypedDocumentString<EventRateSubscription, EventRateSubscriptionVariables>;
export const EventTailDocument = new TypedDocumentString(`
    subscription EventTail($event: EventSelectorInput, $filter: [ConditionInput!]! = []) {
  eventTail(event: $event, filter: $filter) {
    events {
      eventId
      eventName
      occurredAt
      platform
      page
      userId
      anonymousId
      properties
    }
    dropped
  }
}
    `, {"hash":"sha256:7085e8c2164db7cc784ad12fbb3d72d16ee77b89a884611317f46f525b034cb7"}) as unknown as TypedDocumentString<EventTailSubscription, EventTailSubscriptionVariables>;
export const EventVolumeDocument = new TypedDocumentString(`
    query EventVolume($range: TimeRangeInput!, $timeZone: TimeZone, $event: EventSelectorInput, $filter: [ConditionInput!]! = [], $grain: Grain = HOUR, $breakdown: String = "device_type") {
  eventVolume(
    range: $range
    timeZone: $timeZone
    event: $event
    filter: $filter
    grain: $grain
    breakdown: $breakdown
  ) {
    total
    series {
      bucketStarts
      values
    }
    breakdown {
      values
      counts
      otherValues
      otherCount
    }
    meta {
      source
      rowsRead
      exact
      asOf
      elapsedMs
    }
  }
}
    `, {"hash":"sha256:2beff2be1febf782498d3ead5b1033723bc9c4cdc330d2f76c752176a42a448c"}) as unknown as TypedDocumentString<EventVolumeQuery, EventVolumeQueryVariables>;
export const ExperimentOfDocument = new TypedDocumentString(`
    query ExperimentOf($counts: ExperimentCountsInput!) {
  experimentOf(counts: $counts) {
    sampleRatio {
      chiSquare
      pValue
      isMismatch
    }
    warnings
    variants {
      variant
      ratePercent
      comparison {
        liftPercent
        z
        pValue
        probabilityToBeatControl
      }
    }
  }
}
    `, {"hash":"sha256:b60d08251618cf9a96ff0a3ac98ddf8879247da48d9e4b184869668693fba87d"}) as unknown as TypedDocumentString<ExperimentOfQuery, ExperimentOfQueryVariables>;
export const ExperimentDocument = new TypedDocumentString(`
    query Experiment($range: TimeRangeInput!, $timeZone: TimeZone, $experiment: String!, $goals: [EventSelectorInput!]!, $control: String! = "control", $allocation: [VariantWeightInput!], $windowSeconds: Float, $daily: Boolean! = false) {
  experiment(
    range: $range
    timeZone: $timeZone
    experiment: $experiment
    goals: $goals
    control: $control
    allocation: $allocation
    windowSeconds: $windowSeconds
    daily: $daily
  ) {
    multiVariantUsers
    sampleRatio {
      chiSquare
      pValue
      isMismatch
    }
    warnings
    goals {
      variants {
        variant
        users
        conversions
        ratePercent
        credibleInterval {
          low
          high
        }
        comparison {
          liftPercent
          liftInterval {
            low
            high
          }
          pValue
          probabilityToBeatControl
        }
      }
      series {
        bucketStarts
        variants {
          variant
          users
          conversions
          ratePercents
          liftPercents
          pValues
        }
      }
    }
    meta {
      source
      exact
      asOf
    }
  }
}
    `, {"hash":"sha256:f11798740e3dabb659d90d332fa8aba6c92286a9027581baab42ec200a1a0ba6"}) as unknown as TypedDocumentString<ExperimentQuery, ExperimentQueryVariables>;
export const ExplainConversionDocument = new TypedDocumentString(`
    query ExplainConversion($eventId: String!, $by: TouchDimension! = CHANNEL) {
  explainConversion(eventId: $eventId, by: $by) {
    conversion {
      eventName
      occurredAt
      revenue
      currency
      startedAt
      values
      channels
      credits {
        model
        credits
      }
    }
  }
}
    `, {"hash":"sha256:f7e52db2ff4bb9f9841c84f019df5c0f63fc5ff7bb2a5944049e33e5ada3f064"}) as unknown as TypedDocumentString<ExplainConversionQuery, ExplainConversionQueryVariables>;
export const ExploreDocument = new TypedDocumentString(`
    query Explore($range: TimeRangeInput!, $timeZone: TimeZone, $over: ExploreOver! = EVENTS, $event: EventSelectorInput, $measures: [ExploreMeasureInput!]!, $dimensions: [String!]! = [], $filter: [ConditionInput!]! = [], $grain: Grain, $orderBy: ExploreOrderInput, $limit: Int) {
  explore(
    range: $range
    timeZone: $timeZone
    over: $over
    event: $event
    measures: $measures
    dimensions: $dimensions
    filter: $filter
    grain: $grain
    orderBy: $orderBy
    limit: $limit
  ) {
    rows
    otherRows
    dimensions {
      name
      values
    }
    measures {
      measure
      property
      values
      total
      other
      series
    }
    bucketStarts
    meta {
      source
      exact
      asOf
    }
  }
}
    `, {"hash":"sha256:6ea670c83918631519572e8a2948addb57bc77962eecc472a617d23e40b21a28"}) as unknown as TypedDocumentString<ExploreQuery, ExploreQueryVariables>;
export const FormulaDocument = new TypedDocumentString(`
    query Formula($range: TimeRangeInput!, $first: OperandInput!, $operator: FormulaOperator!, $second: OperandInput!, $filter: [ConditionInput!]! = [], $cohort: CohortInput, $grain: Grain, $window: SeriesWindowInput, $breakdown: String, $limit: Int) {
  formula(
    range: $range
    first: $first
    operator: $operator
    second: $second
    filter: $filter
    cohort: $cohort
    grain: $grain
    window: $window
    breakdown: $breakdown
    limit: $limit
  ) {
    total
    first
    second
    series {
      bucketStarts
      results
    }
    breakdown {
      values
      results
      otherValues
      other {
        result
      }
    }
    change {
      absolute
      percent
    }
    meta {
      source
      exact
      asOf
    }
  }
}
    `, {"hash":"sha256:e2a5816e4682db5fcfd998083b2a5101e63a71dc831d6dfa5b650ac12d1712ca"}) as unknown as TypedDocumentString<FormulaQuery, FormulaQueryVariables>;
export const FunnelActorsDocument = new TypedDocumentString(`
    query FunnelActors($range: TimeRangeInput!, $timeZone: TimeZone, $steps: [EventSelectorInput!]!, $order: FunnelOrder! = ORDERED, $windowSeconds: Float! = 1209600, $per: FunnelActor! = USER, $step: Int!, $which: FunnelStepActors! = REACHED, $first: Int, $after: String) {
  funnelActors(
    range: $range
    timeZone: $timeZone
    steps: $steps
    order: $order
    windowSeconds: $windowSeconds
    per: $per
    step: $step
    which: $which
    first: $first
    after: $after
  ) {
    totalCount
    edges {
      cursor
      node {
        userId
        anonymousId
        session
        reachedAt
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:db9b5513758bf5354248717f8aac88d58524deb7fd0e38b6aa0b2216306a09e2"}) as unknown as TypedDocumentString<FunnelActorsQuery, FunnelActorsQueryVariables>;
export const FunnelConversionDocument = new TypedDocumentString(`
    query FunnelConversion($range: TimeRangeInput!, $timeZone: TimeZone, $steps: [EventSelectorInput!]!, $order: FunnelOrder! = ORDERED, $windowSeconds: Float! = 1209600, $exclusions: [FunnelExclusionInput!]! = [], $breakdown: FunnelBreakdownInput, $cohort: CohortInput, $grain: Grain, $segments: [FunnelSegmentInput!]! = []) {
  funnel(
    range: $range
    timeZone: $timeZone
    steps: $steps
    order: $order
    windowSeconds: $windowSeconds
    exclusions: $exclusions
    breakdown: $breakdown
    cohort: $cohort
    grain: $grain
    segments: $segments
  ) {
    result {
      ...FunnelSteps
    }
    byValue {
      value
      result {
        ...FunnelSteps
      }
    }
    segments {
      name
      result {
        ...FunnelSteps
      }
    }
  }
}
    fragment FunnelSteps on FunnelResult {
  counts
  ratePercents
  stepRatePercents
  averageSeconds
  medianSeconds
  totalAverageSeconds
  totalMedianSeconds
  series {
    bucketStarts
    counts
    conversionPercents
  }
  timeHistogram {
    boundsSeconds
    steps
    total
  }
}`, {"hash":"sha256:3469a38641baa8e530dfd16fb364e97f9f854a1f6efe7ef3df5b554baace8f71"}) as unknown as TypedDocumentString<FunnelConversionQuery, FunnelConversionQueryVariables>;
export const KeptFunnelDocument = new TypedDocumentString(`
    query KeptFunnel($id: ID!, $range: TimeRangeInput!, $timeZone: TimeZone, $project: ID) {
  funnel(id: $id, range: $range, timeZone: $timeZone, project: $project) {
    result {
      counts
      ratePercents
      stepRatePercents
      averageSeconds
      medianSeconds
      totalAverageSeconds
      totalMedianSeconds
    }
    meta {
      source
      exact
      asOf
    }
  }
}
    `, {"hash":"sha256:2aa2252fbbe08446428063e9221beb40e8f3f8a531957be00aa7cdf1adc9126c"}) as unknown as TypedDocumentString<KeptFunnelQuery, KeptFunnelQueryVariables>;
export const LiveEventRateOfRangeDocument = new TypedDocumentString(`
    subscription LiveEventRateOfRange($range: TimeRangeInput!, $event: EventSelectorInput, $intervalMs: Int! = 1000) {
  eventRateOfRange(range: $range, event: $event, intervalMs: $intervalMs) {
    perMinuteAverage
    peakPerMinute
    meta {
      asOf
    }
  }
}
    `, {"hash":"sha256:d0cd1651f1ed1ed8e3184fc5c5f1364a11793e824e3383b5cf9691f2d819ee98"}) as unknown as TypedDocumentString<LiveEventRateOfRangeSubscription, LiveEventRateOfRangeSubscriptionVariables>;
export const LiveEventVolumeDocument = new TypedDocumentString(`
    subscription LiveEventVolume($range: TimeRangeInput!, $timeZone: TimeZone, $event: EventSelectorInput, $filter: [ConditionInput!]! = [], $grain: Grain, $intervalMs: Int! = 1000) {
  eventVolume(
    range: $range
    timeZone: $timeZone
    event: $event
    filter: $filter
    grain: $grain
    intervalMs: $intervalMs
  ) {
    total
    series {
      bucketStarts
      values
    }
    meta {
      asOf
    }
  }
}
    `, {"hash":"sha256:5ae34e3d401aa78bff63942ca86a196023bf48b0a863b959c381b84725a39654"}) as unknown as TypedDocumentString<LiveEventVolumeSubscription, LiveEventVolumeSubscriptionVariables>;
export const MetricSeriesDocument = new TypedDocumentString(`
    query MetricSeries($range: TimeRangeInput!, $timeZone: TimeZone, $grain: Grain! = DAY) {
  eventVolume(range: $range, timeZone: $timeZone, grain: $grain) {
    total
    series {
      bucketStarts
      values
    }
  }
  uniqueUsers(range: $range, timeZone: $timeZone, grain: $grain) {
    total
    series {
      values
    }
  }
  pageViews(range: $range, timeZone: $timeZone, grain: $grain) {
    total
    unique
    series {
      values
    }
  }
  sessions(range: $range, timeZone: $timeZone, grain: $grain) {
    total
    users
    viewsPerSession
    series {
      values
    }
  }
}
    `, {"hash":"sha256:d57744d8bcf1defd2ace3a6ebbbfe63ffbc9b60bc109f9fd3e56e947d65e0a14"}) as unknown as TypedDocumentString<MetricSeriesQuery, MetricSeriesQueryVariables>;
export const PageBehaviourDocument = new TypedDocumentString(`
    query PageBehaviour($range: TimeRangeInput!, $timeZone: TimeZone, $page: String! = "/", $formId: String, $limit: Int = 20) {
  heatmap(
    range: $range
    timeZone: $timeZone
    page: $page
    columns: 100
    rowPixels: 16
  ) {
    columns
    rows
    clicks
    total
    dropped
    otherCells
    otherClicks
  }
  rageClicks(range: $range, timeZone: $timeZone, limit: $limit) {
    bursts
    sessions
    pages
    pageBursts
    pageSessions
    otherPages
  }
  scrollDepth(range: $range, timeZone: $timeZone, limit: $limit) {
    samples
    averagePercent
    pages
    pageSamples
    averagePercents
    steps
    reachPercents
    otherPages
  }
  formAnalytics(
    range: $range
    timeZone: $timeZone
    formId: $formId
    limit: $limit
  ) {
    views
    starts
    submits
    startRatePercent
    completionRatePercent
    abandonRatePercent
    averageSeconds
    dropOff {
      fields
      sessions
      otherFields
    }
    byForm {
      formIds
      views
      starts
      submits
      otherForms
    }
  }
  videoPlays(range: $range, timeZone: $timeZone, limit: $limit) {
    plays
    viewingSessions
    playingSessions
    playRatePercent
    pages
    pagePlays
    pageViewingSessions
    pagePlayingSessions
    pagePlayRatePercents
    otherPages
  }
}
    `, {"hash":"sha256:7b2dbde3882b5ae4f787e81eedca9d71ff1223ee45f5718eca457746d6937c96"}) as unknown as TypedDocumentString<PageBehaviourQuery, PageBehaviourQueryVariables>;
export const PageEngagementDocument = new TypedDocumentString(`
    query PageEngagement($range: TimeRangeInput!, $timeZone: TimeZone, $limit: Int = 20) {
  engagementTime(range: $range, timeZone: $timeZone, limit: $limit) {
    averageSecondsPerSession
    byPage {
      pages
      averageSeconds
    }
  }
  entryExit(range: $range, timeZone: $timeZone, limit: $limit) {
    pages
    entries
    exits
    exitRatePercents
    otherPages
  }
}
    `, {"hash":"sha256:304e44b9f6364893b636ed145b75fb056a780dfd90b777d64d6fc5fea0d26741"}) as unknown as TypedDocumentString<PageEngagementQuery, PageEngagementQueryVariables>;
export const PageMetricsDocument = new TypedDocumentString(`
    query PageMetrics($page: JSON!, $pageName: String!, $range: TimeRangeInput!, $timeZone: TimeZone, $project: ID, $includeBots: Boolean! = false, $grain: Grain = DAY) {
  pageViews(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    grain: $grain
    filter: [{field: "page", values: [$page]}]
  ) {
    total
    unique
    series {
      bucketStarts
      values
    }
  }
  users: uniqueUsers(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    grain: $grain
    event: {event: "page_view"}
    filter: [{field: "page", values: [$page]}]
  ) {
    total
    series {
      bucketStarts
      values
    }
  }
  entries: sessions(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    filter: [{field: "entry_page", values: [$page]}]
  ) {
    total
    users
    viewsPerSession
  }
  exits: sessions(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    filter: [{field: "exit_page", values: [$page]}]
  ) {
    total
  }
  bounceRate(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    filter: [{field: "entry_page", values: [$page]}]
  ) {
    bounceRatePercent
    bounces
    eligibleSessions
  }
  pageLoad(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    filter: [{field: "page", values: [$page]}]
  ) {
    samples
    p50
    p75
    p95
  }
  webVitals(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    page: $pageName
  ) {
    names
    samples
    p75
    ratings
    goodPercents
  }
}
    `, {"hash":"sha256:3fe39a2cd8d23dbdb9e4c1bcd94def744a5a1db833f7094eb80487f4afc29a61"}) as unknown as TypedDocumentString<PageMetricsQuery, PageMetricsQueryVariables>;
export const PageSpeedDocument = new TypedDocumentString(`
    query PageSpeed($range: TimeRangeInput!, $timeZone: TimeZone, $page: String, $limit: Int = 20) {
  pageLoad(range: $range, timeZone: $timeZone, limit: $limit) {
    samples
    p50
    p75
    p95
    byPage {
      pages
      samples
      p50
      p75
      p95
    }
    otherPages
  }
  webVitals(range: $range, timeZone: $timeZone, page: $page) {
    names
    samples
    p75
    ratings
    goodPercents
  }
}
    `, {"hash":"sha256:de1495defdda5fdee2ba19413a7d39e014b2d8f2d8d52d30bd52c53f913aa1c6"}) as unknown as TypedDocumentString<PageSpeedQuery, PageSpeedQueryVariables>;
export const PageViewsDocument = new TypedDocumentString(`
    query PageViews($range: TimeRangeInput!, $timeZone: TimeZone, $limit: Int = 20) {
  pageViews(range: $range, timeZone: $timeZone, limit: $limit) {
    total
    unique
    pages {
      values
      counts
      otherValues
      otherCount
    }
  }
}
    `, {"hash":"sha256:2e0d7530bc870031f684c91c1a360d4e81a0758d742f076fe9562f6d0d36e89d"}) as unknown as TypedDocumentString<PageViewsQuery, PageViewsQueryVariables>;
export const PathSessionsDocument = new TypedDocumentString(`
    query PathSessions($range: TimeRangeInput!, $timeZone: TimeZone, $node: PathNode! = PAGE, $through: PathEdgeInput!, $first: Int, $after: String) {
  pathSessions(
    range: $range
    timeZone: $timeZone
    node: $node
    through: $through
    first: $first
    after: $after
  ) {
    totalCount
    totalPeople
    edges {
      cursor
      node {
        key
        startedAt
        endedAt
        userId
        anonymousId
        path
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:503a2298afe21c4ee1570dda60bbe5e4c31888241f46937d622167dec014e295"}) as unknown as TypedDocumentString<PathSessionsQuery, PathSessionsQueryVariables>;
export const PathsDocument = new TypedDocumentString(`
    query Paths($range: TimeRangeInput!, $timeZone: TimeZone, $filter: [ConditionInput!]! = [], $cohort: CohortInput, $node: PathNode! = PAGE, $maxSteps: Int! = 5, $start: String, $end: String, $through: PathEdgeInput) {
  paths(
    range: $range
    timeZone: $timeZone
    filter: $filter
    cohort: $cohort
    node: $node
    maxSteps: $maxSteps
    start: $start
    end: $end
    through: $through
  ) {
    sessions
    edges {
      steps
      from
      to
      sessions
      otherEdges
    }
    sequences {
      paths
      sessions
      otherSequences
    }
    nodes {
      steps
      nodes
      sessions
      dropOffs
    }
    meta {
      source
      exact
      asOf
    }
  }
}
    `, {"hash":"sha256:4f5b47c1b79443086b67df1422d5a587c21d21c73de3248a4803633f7d4dcc20"}) as unknown as TypedDocumentString<PathsQuery, PathsQueryVariables>;
export const PeopleDocument = new TypedDocumentString(`
    query People($range: TimeRangeInput!, $timeZone: TimeZone) {
  activeUsers(range: $range, timeZone: $timeZone) {
    dates
    dau
    wau
    mau
    stickiness
  }
  newReturning(range: $range, timeZone: $timeZone) {
    newUsers
    returningUsers
    total
  }
  stickinessHistogram(range: $range, timeZone: $timeZone) {
    histogram
  }
  botTraffic(range: $range, timeZone: $timeZone) {
    events
    botEvents
    botPercent
    humanUsers
  }
}
    `, {"hash":"sha256:70c7956db4ce526370e6b06bcddd8d5e4745abc8c34847212da8fbec5725c7f7"}) as unknown as TypedDocumentString<PeopleQuery, PeopleQueryVariables>;
export const ProjectSettingsDocument = new TypedDocumentString(`
    query ProjectSettings {
  project {
    projectId
    name
    timeZone
    sessionTimeoutSeconds
    linkedDomains
    channelRules {
      category
      sources
    }
    allowedOrigins
    version
  }
}
    `, {"hash":"sha256:e6980d8c3032de0c78599542619857c4848a49411810468a5cff816b272d5d65"}) as unknown as TypedDocumentString<ProjectSettingsQuery, ProjectSettingsQueryVariables>;
export const ReplayDeadLettersDocument = new TypedDocumentString(`
    mutation ReplayDeadLetters($input: ReplayDeadLettersInput!) {
  replayDeadLetters(input: $input) {
    results {
      outcome
      letter {
        deadLetterId
        state
        reason
        message
        attempts
        eventProjectId
        eventIds
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `, {"hash":"sha256:44547b1bd3c76e4ed09fa85473e2b309113cca7b9bdfe258873581e663233002"}) as unknown as TypedDocumentString<ReplayDeadLettersMutation, ReplayDeadLettersMutationVariables>;
export const ReportDocument = new TypedDocumentString(`
    query Report($id: ID!, $project: ID) {
  report(id: $id, project: $project) {
    id
    kind
    format
    state
    columns {
      name
      of
    }
    estimatedRows
    rowsRead
    progress
    bytes
    asOf
    createdAt
    finishedAt
    expiresAt
    error {
      code
      message
    }
  }
}
    `, {"hash":"sha256:73d3304e9ad877f935d12587cb54a116f3b1c13857adcf7b241bf436284c18d0"}) as unknown as TypedDocumentString<ReportQuery, ReportQueryVariables>;
export const RetentionDocument = new TypedDocumentString(`
    query Retention($range: TimeRangeInput!, $timeZone: TimeZone, $feature: EventSelectorInput!) {
  retention(
    range: $range
    timeZone: $timeZone
    grain: WEEK
    brackets: [{from: 1, to: 4}]
  ) {
    cohorts
    matrix
    complete
    ratePercents
    brackets {
      from
      to
      people
      complete
      ratePercent
    }
  }
  lifecycle(range: $range, timeZone: $timeZone, grain: WEEK) {
    buckets
    newUsers
    returning
    resurrecting
    dormant
  }
  featureAdoption(range: $range, timeZone: $timeZone, feature: $feature) {
    activeUsers
    adopters
    newAdopters
    uses
    adoptionPercent
    usesPerAdopter
  }
}
    `, {"hash":"sha256:28ac5da7bf5d2b9014a019cfc1d2c712d2312bf2bc7f83d53adad44ae0287a86"}) as unknown as TypedDocumentString<RetentionQuery, RetentionQueryVariables>;
export const SeoLandingDocument = new TypedDocumentString(`
    query SeoLanding($range: TimeRangeInput!, $timeZone: TimeZone, $goal: EventSelectorInput, $limit: Int = 20) {
  seoLanding(range: $range, timeZone: $timeZone, goal: $goal, limit: $limit) {
    organic {
      ...LandingPages
    }
    aiAssistants {
      ...LandingPages
    }
    sessionsWithEntryPage
    crawlHits {
      values
      counts
      otherValues
      otherCount
    }
  }
}
    fragment LandingPages on Landing {
  sessions
  sharePercent
  pages
  pageSessions
  bounceRatePercents
  engagementRatePercents
  sessionConversionPercents
  revenue {
    pages
    currencies
    netSums
  }
  otherPages
}`, {"hash":"sha256:a6d425d71e4a844a850d6a9735806f118682fb0c4f017926130e5b7bebcdfc6b"}) as unknown as TypedDocumentString<SeoLandingQuery, SeoLandingQueryVariables>;
export const SessionQualityDocument = new TypedDocumentString(`
    query SessionQuality($range: TimeRangeInput!, $timeZone: TimeZone) {
  sessions(range: $range, timeZone: $timeZone, breakdown: "channel") {
    total
    users
    viewsPerSession
    breakdown {
      values
      counts
    }
  }
  sessionDuration(range: $range, timeZone: $timeZone) {
    averageSeconds
    medianSeconds
    p90Seconds
  }
  bounceRate(range: $range, timeZone: $timeZone, byEntryPage: true) {
    eligibleSessions
    bounces
    bounceRatePercent
    engagementRatePercent
    byEntryPage {
      pages
      eligibleSessions
      bounceRatePercents
    }
  }
}
    `, {"hash":"sha256:3452e07e38e97bfde9a3e58fc28a267ce8ca8b1fe1937fcd4c01bb37d59f56de"}) as unknown as TypedDocumentString<SessionQualityQuery, SessionQualityQueryVariables>;
export const SessionQueryDocument = new TypedDocumentString(`
    query SessionQuery($range: TimeRangeInput!, $timeZone: TimeZone, $project: ID, $filter: [ConditionInput!]! = [], $cohort: CohortInput, $includeBots: Boolean! = false, $grain: Grain, $window: SeriesWindowInput, $breakdown: String, $limit: Int) {
  sessions(
    range: $range
    timeZone: $timeZone
    project: $project
    filter: $filter
    cohort: $cohort
    includeBots: $includeBots
    grain: $grain
    window: $window
    breakdown: $breakdown
    limit: $limit
  ) {
    total
    users
    viewsPerSession
    series {
      bucketStarts
      values
    }
    breakdown {
      values
      counts
      sharePercents
      otherValues
      otherCount
      otherSharePercent
    }
    meta {
      source
      rowsRead
      exact
      asOf
    }
  }
  duration: sessionDuration(
    range: $range
    timeZone: $timeZone
    project: $project
    filter: $filter
    cohort: $cohort
    includeBots: $includeBots
  ) {
    averageSeconds
    medianSeconds
    p90Seconds
  }
  bounceRate(
    range: $range
    timeZone: $timeZone
    project: $project
    filter: $filter
    cohort: $cohort
    includeBots: $includeBots
  ) {
    bounceRatePercent
    engagementRatePercent
    bounces
    eligibleSessions
  }
  engagementTime(
    range: $range
    timeZone: $timeZone
    project: $project
    filter: $filter
    cohort: $cohort
    includeBots: $includeBots
  ) {
    averageSecondsPerSession
  }
}
    `, {"hash":"sha256:6133d3b6fbf276369e11c2fc65928c0d33417410708322923e8d80ec9548d2c4"}) as unknown as TypedDocumentString<SessionQueryQuery, SessionQueryQueryVariables>;
export const TopListsDocument = new TypedDocumentString(`
    query TopLists($range: TimeRangeInput!, $timeZone: TimeZone, $limit: Int = 10) {
  topPages(range: $range, timeZone: $timeZone, limit: $limit) {
    ...TopList
  }
  topSources(range: $range, timeZone: $timeZone, limit: $limit) {
    ...TopList
  }
  topDevices(range: $range, timeZone: $timeZone, limit: $limit) {
    ...TopList
  }
  topBrowsers(range: $range, timeZone: $timeZone, limit: $limit) {
    ...TopList
  }
}
    fragment TopList on TopRows {
  values
  users
  sessions
  pageViews
  userSharePercents
  otherValues
}`, {"hash":"sha256:8dacebfa8b2679f4466b3e995653f66bee2e57f210259d7ea28428dd5b15add8"}) as unknown as TypedDocumentString<TopListsQuery, TopListsQueryVariables>;
export const TopPagesDocument = new TypedDocumentString(`
    query TopPages($range: TimeRangeInput!, $timeZone: TimeZone, $limit: Int = 20) {
  topPages(range: $range, timeZone: $timeZone, limit: $limit) {
    values
    pageViews
    users
    sessions
    userSharePercents
    otherValues
  }
}
    `, {"hash":"sha256:957da90cc6ac19b765ee42a11de2248e1ba70525e5ad595385b2fd9c08349fe3"}) as unknown as TypedDocumentString<TopPagesQuery, TopPagesQueryVariables>;
export const TrustDocument = new TypedDocumentString(`
    query Trust($range: TimeRangeInput!, $timeZone: TimeZone) {
  dataQuality(range: $range, timeZone: $timeZone) {
    received
    refused
    duplicates
    unique
    complete
    late
    validity
    completeness
    uniqueness
    timeliness
    score
  }
  ingestionLatency(range: $range, timeZone: $timeZone) {
    events
    processingMs {
      ...Percentiles
    }
    endToEndMs {
      ...Percentiles
    }
  }
}
    fragment Percentiles on LatencyPercentiles {
  p50
  p95
  p99
}`, {"hash":"sha256:a766baf3fdf4412e430143eb05d0307ad78b6ca2c10f16e4dc0fc21a76d59d9a"}) as unknown as TypedDocumentString<TrustQuery, TrustQueryVariables>;
export const UniqueUsersDocument = new TypedDocumentString(`
    query UniqueUsers($range: TimeRangeInput!, $timeZone: TimeZone, $event: EventSelectorInput, $breakdown: String = "browser") {
  uniqueUsers(
    range: $range
    timeZone: $timeZone
    event: $event
    breakdown: $breakdown
  ) {
    total
    breakdown {
      values
      counts
      sharePercents
      otherValues
    }
    meta {
      source
      rowsRead
      exact
    }
  }
}
    `, {"hash":"sha256:2c9a66b17d3a73ef89d33d78c4a55b4ce2af824dad3904a8ac22d8c84cdc43ca"}) as unknown as TypedDocumentString<UniqueUsersQuery, UniqueUsersQueryVariables>;
export const UpdateDefinitionDocument = new TypedDocumentString(`
    mutation UpdateDefinition($input: UpdateDefinitionInput!) {
  updateDefinition(input: $input) {
    definition {
      id
      definitionId
      kind
      name
      version
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `, {"hash":"sha256:aabc91f95223d6c40c61295476a7a4973f4396b4d7f61558a4245b6571654974"}) as unknown as TypedDocumentString<UpdateDefinitionMutation, UpdateDefinitionMutationVariables>;
export const UserBehaviorDocument = new TypedDocumentString(`
    query UserBehavior($userId: ID!, $range: TimeRangeInput!, $timeZone: TimeZone, $project: ID, $includeBots: Boolean! = false, $grain: Grain = DAY, $limit: Int = 20, $first: Int = 50, $after: String) {
  events: eventVolume(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    cohort: {user: $userId}
    grain: $grain
    breakdown: "event_name"
    limit: $limit
  ) {
    total
    series {
      bucketStarts
      values
    }
    breakdown {
      values
      counts
      otherValues
      otherCount
    }
  }
  pages: topPages(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    cohort: {user: $userId}
    limit: $limit
  ) {
    values
    pageViews
    sessions
    otherValues
    otherPageViews
  }
  devices: topDevices(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    cohort: {user: $userId}
    limit: $limit
  ) {
    values
    sessions
    pageViews
  }
  paths(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    cohort: {user: $userId}
    limit: $limit
  ) {
    sessions
    edges {
      steps
      from
      to
      sessions
      otherEdges
    }
  }
  user(id: $userId, project: $project) {
    timeline(
      range: $range
      timeZone: $timeZone
      includeBots: $includeBots
      first: $first
      after: $after
    ) {
      edges {
        node {
          eventId
          eventName
          occurredAt
          platform
          session
          page
          screen
          properties
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `, {"hash":"sha256:dc73934d3cb4384d977bd562eec8bd8113416d538d06460706b234313b8480c3"}) as unknown as TypedDocumentString<UserBehaviorQuery, UserBehaviorQueryVariables>;
export const UserSummaryDocument = new TypedDocumentString(`
    query UserSummary($userId: ID!, $range: TimeRangeInput!, $timeZone: TimeZone, $project: ID, $includeBots: Boolean! = false) {
  events: eventVolume(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    cohort: {user: $userId}
  ) {
    total
  }
  pageViews(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    cohort: {user: $userId}
  ) {
    total
    unique
  }
  screenViews(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    cohort: {user: $userId}
  ) {
    total
  }
  sessions(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    cohort: {user: $userId}
  ) {
    total
    viewsPerSession
  }
  sessionDuration(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    cohort: {user: $userId}
  ) {
    averageSeconds
    medianSeconds
    p90Seconds
  }
  engagementTime(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    cohort: {user: $userId}
  ) {
    averageSecondsPerSession
  }
  revenue(
    range: $range
    timeZone: $timeZone
    project: $project
    includeBots: $includeBots
    cohort: {user: $userId}
  ) {
    total
    currencies
    netSums
    orders
    averageOrderValue
  }
}
    `, {"hash":"sha256:0c0ca6d831161557e6553904f30ddbfbd725e8cf3b377d30ae20407fbc679191"}) as unknown as TypedDocumentString<UserSummaryQuery, UserSummaryQueryVariables>;
export const UserTimelineDocument = new TypedDocumentString(`
    query UserTimeline($userId: ID!, $first: Int = 50, $after: String) {
  user(id: $userId) {
    id
    userId
    timeline(first: $first, after: $after) {
      edges {
        cursor
        node {
          eventId
          eventName
          occurredAt
          page
          screen
          deviceType
          properties
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `, {"hash":"sha256:95bba65a694e34ab2e2729d56e7716a35f40997ef487fb0ae8a6a86d33712e1c"}) as unknown as TypedDocumentString<UserTimelineQuery, UserTimelineQueryVariables>;