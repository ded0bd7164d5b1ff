/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "subscription ActiveNow($windowSeconds: Int! = 300) {\n  activeNow(windowSeconds: $windowSeconds) {\n    asOf\n    users\n  }\n}": typeof types.ActiveNowDocument,
    "query EventRateOfRange($range: TimeRangeInput!, $event: EventSelectorInput) {\n  eventRate(range: $range, event: $event) {\n    perMinuteAverage\n    peakPerMinute\n    series {\n      bucketStarts\n      values\n    }\n  }\n}": typeof types.EventRateOfRangeDocument,
    "subscription EventRate($event: EventSelectorInput, $platform: Platform, $filter: [ConditionInput!]! = [], $windowSeconds: Int! = 60, $intervalMs: Int! = 1000) {\n  eventRate(\n    event: $event\n    platform: $platform\n    filter: $filter\n    windowSeconds: $windowSeconds\n    intervalMs: $intervalMs\n  ) {\n    asOf\n    total\n    perSecond\n    series {\n      bucketStarts\n      values\n    }\n  }\n}": typeof types.EventRateDocument,
    "subscription EventTail($event: EventSelectorInput, $filter: [ConditionInput!]! = []) {\n  eventTail(event: $event, filter: $filter) {\n    events {\n      eventId\n      eventName\n      occurredAt\n      platform\n      page\n      userId\n      anonymousId\n      properties\n    }\n    dropped\n  }\n}": typeof types.EventTailDocument,
    "query EventVolume($range: TimeRangeInput!, $timeZone: TimeZone, $event: EventSelectorInput, $filter: [ConditionInput!]! = [], $grain: Grain = HOUR, $breakdown: String = \"device_type\") {\n  eventVolume(\n    range: $range\n    timeZone: $timeZone\n    event: $event\n    filter: $filter\n    grain: $grain\n    breakdown: $breakdown\n  ) {\n    total\n    series {\n      bucketStarts\n      values\n    }\n    breakdown {\n      values\n      counts\n      otherValues\n      otherCount\n    }\n    meta {\n      source\n      rowsRead\n      exact\n      asOf\n      elapsedMs\n    }\n  }\n}": typeof types.EventVolumeDocument,
    "query FunnelConversion($range: TimeRangeInput!, $timeZone: TimeZone, $steps: [EventSelectorInput!]!, $order: FunnelOrder! = ORDERED, $windowSeconds: Float! = 1209600, $exclusions: [FunnelExclusionInput!]! = [], $breakdown: FunnelBreakdownInput) {\n  funnel(\n    range: $range\n    timeZone: $timeZone\n    steps: $steps\n    order: $order\n    windowSeconds: $windowSeconds\n    exclusions: $exclusions\n    breakdown: $breakdown\n  ) {\n    result {\n      ...FunnelSteps\n    }\n    byValue {\n      value\n      result {\n        ...FunnelSteps\n      }\n    }\n  }\n}\n\nfragment FunnelSteps on FunnelResult {\n  counts\n  ratePercents\n  stepRatePercents\n  averageSeconds\n  medianSeconds\n  totalAverageSeconds\n  totalMedianSeconds\n}": typeof types.FunnelConversionDocument,
    "query MetricSeries($range: TimeRangeInput!, $timeZone: TimeZone, $grain: Grain! = DAY) {\n  eventVolume(range: $range, timeZone: $timeZone, grain: $grain) {\n    total\n    series {\n      bucketStarts\n      values\n    }\n  }\n  uniqueUsers(range: $range, timeZone: $timeZone, grain: $grain) {\n    total\n    series {\n      values\n    }\n  }\n  pageViews(range: $range, timeZone: $timeZone, grain: $grain) {\n    total\n    unique\n    series {\n      values\n    }\n  }\n  sessions(range: $range, timeZone: $timeZone, grain: $grain) {\n    total\n    users\n    viewsPerSession\n    series {\n      values\n    }\n  }\n}": typeof types.MetricSeriesDocument,
    "query PageViews($range: TimeRangeInput!, $timeZone: TimeZone, $limit: Int = 20) {\n  pageViews(range: $range, timeZone: $timeZone, limit: $limit) {\n    total\n    unique\n    pages {\n      values\n      counts\n      otherValues\n      otherCount\n    }\n  }\n}": typeof types.PageViewsDocument,
    "query ProjectSettings {\n  project {\n    projectId\n    name\n    timeZone\n    sessionTimeoutSeconds\n    linkedDomains\n    allowedOrigins\n    version\n  }\n}": typeof types.ProjectSettingsDocument,
    "query SessionQuality($range: TimeRangeInput!, $timeZone: TimeZone) {\n  sessions(range: $range, timeZone: $timeZone, breakdown: \"channel\") {\n    total\n    users\n    viewsPerSession\n    breakdown {\n      values\n      counts\n    }\n  }\n  sessionDuration(range: $range, timeZone: $timeZone) {\n    averageSeconds\n    medianSeconds\n    p90Seconds\n  }\n  bounceRate(range: $range, timeZone: $timeZone, byEntryPage: true) {\n    eligibleSessions\n    bounces\n    bounceRatePercent\n    engagementRatePercent\n    byEntryPage {\n      pages\n      eligibleSessions\n      bounceRatePercents\n    }\n  }\n}": typeof types.SessionQualityDocument,
    "query TopLists($range: TimeRangeInput!, $timeZone: TimeZone, $limit: Int = 10) {\n  topPages(range: $range, timeZone: $timeZone, limit: $limit) {\n    ...TopList\n  }\n  topSources(range: $range, timeZone: $timeZone, limit: $limit) {\n    ...TopList\n  }\n  topDevices(range: $range, timeZone: $timeZone, limit: $limit) {\n    ...TopList\n  }\n  topBrowsers(range: $range, timeZone: $timeZone, limit: $limit) {\n    ...TopList\n  }\n}\n\nfragment TopList on TopRows {\n  values\n  users\n  sessions\n  pageViews\n  userSharePercents\n  otherValues\n}": typeof types.TopListsDocument,
    "query TopPages($range: TimeRangeInput!, $timeZone: TimeZone, $limit: Int = 20) {\n  topPages(range: $range, timeZone: $timeZone, limit: $limit) {\n    values\n    pageViews\n    users\n    sessions\n    userSharePercents\n    otherValues\n  }\n}": typeof types.TopPagesDocument,
    "query UniqueUsers($range: TimeRangeInput!, $timeZone: TimeZone, $event: EventSelectorInput, $breakdown: String = \"browser\") {\n  uniqueUsers(\n    range: $range\n    timeZone: $timeZone\n    event: $event\n    breakdown: $breakdown\n  ) {\n    total\n    breakdown {\n      values\n      counts\n      sharePercents\n      otherValues\n    }\n    meta {\n      source\n      rowsRead\n      exact\n    }\n  }\n}": typeof types.UniqueUsersDocument,
    "query UserTimeline($userId: ID!, $first: Int = 50, $after: String) {\n  user(id: $userId) {\n    id\n    userId\n    timeline(first: $first, after: $after) {\n      edges {\n        cursor\n        node {\n          eventId\n          eventName\n          occurredAt\n          page\n          screen\n          deviceType\n          properties\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n}": typeof types.UserTimelineDocument,
};
const documents: Documents = {
    "subscription ActiveNow($windowSeconds: Int! = 300) {\n  activeNow(windowSeconds: $windowSeconds) {\n    asOf\n    users\n  }\n}": types.ActiveNowDocument,
    "query EventRateOfRange($range: TimeRangeInput!, $event: EventSelectorInput) {\n  eventRate(range: $range, event: $event) {\n    perMinuteAverage\n    peakPerMinute\n    series {\n      bucketStarts\n      values\n    }\n  }\n}": types.EventRateOfRangeDocument,
    "subscription EventRate($event: EventSelectorInput, $platform: Platform, $filter: [ConditionInput!]! = [], $windowSeconds: Int! = 60, $intervalMs: Int! = 1000) {\n  eventRate(\n    event: $event\n    platform: $platform\n    filter: $filter\n    windowSeconds: $windowSeconds\n    intervalMs: $intervalMs\n  ) {\n    asOf\n    total\n    perSecond\n    series {\n      bucketStarts\n      values\n    }\n  }\n}": types.EventRateDocument,
    "subscription EventTail($event: EventSelectorInput, $filter: [ConditionInput!]! = []) {\n  eventTail(event: $event, filter: $filter) {\n    events {\n      eventId\n      eventName\n      occurredAt\n      platform\n      page\n      userId\n      anonymousId\n      properties\n    }\n    dropped\n  }\n}": types.EventTailDocument,
    "query EventVolume($range: TimeRangeInput!, $timeZone: TimeZone, $event: EventSelectorInput, $filter: [ConditionInput!]! = [], $grain: Grain = HOUR, $breakdown: String = \"device_type\") {\n  eventVolume(\n    range: $range\n    timeZone: $timeZone\n    event: $event\n    filter: $filter\n    grain: $grain\n    breakdown: $breakdown\n  ) {\n    total\n    series {\n      bucketStarts\n      values\n    }\n    breakdown {\n      values\n      counts\n      otherValues\n      otherCount\n    }\n    meta {\n      source\n      rowsRead\n      exact\n      asOf\n      elapsedMs\n    }\n  }\n}": types.EventVolumeDocument,
    "query FunnelConversion($range: TimeRangeInput!, $timeZone: TimeZone, $steps: [EventSelectorInput!]!, $order: FunnelOrder! = ORDERED, $windowSeconds: Float! = 1209600, $exclusions: [FunnelExclusionInput!]! = [], $breakdown: FunnelBreakdownInput) {\n  funnel(\n    range: $range\n    timeZone: $timeZone\n    steps: $steps\n    order: $order\n    windowSeconds: $windowSeconds\n    exclusions: $exclusions\n    breakdown: $breakdown\n  ) {\n    result {\n      ...FunnelSteps\n    }\n    byValue {\n      value\n      result {\n        ...FunnelSteps\n      }\n    }\n  }\n}\n\nfragment FunnelSteps on FunnelResult {\n  counts\n  ratePercents\n  stepRatePercents\n  averageSeconds\n  medianSeconds\n  totalAverageSeconds\n  totalMedianSeconds\n}": types.FunnelConversionDocument,
    "query MetricSeries($range: TimeRangeInput!, $timeZone: TimeZone, $grain: Grain! = DAY) {\n  eventVolume(range: $range, timeZone: $timeZone, grain: $grain) {\n    total\n    series {\n      bucketStarts\n      values\n    }\n  }\n  uniqueUsers(range: $range, timeZone: $timeZone, grain: $grain) {\n    total\n    series {\n      values\n    }\n  }\n  pageViews(range: $range, timeZone: $timeZone, grain: $grain) {\n    total\n    unique\n    series {\n      values\n    }\n  }\n  sessions(range: $range, timeZone: $timeZone, grain: $grain) {\n    total\n    users\n    viewsPerSession\n    series {\n      values\n    }\n  }\n}": types.MetricSeriesDocument,
    "query PageViews($range: TimeRangeInput!, $timeZone: TimeZone, $limit: Int = 20) {\n  pageViews(range: $range, timeZone: $timeZone, limit: $limit) {\n    total\n    unique\n    pages {\n      values\n      counts\n      otherValues\n      otherCount\n    }\n  }\n}": types.PageViewsDocument,
    "query ProjectSettings {\n  project {\n    projectId\n    name\n    timeZone\n    sessionTimeoutSeconds\n    linkedDomains\n    allowedOrigins\n    version\n  }\n}": types.ProjectSettingsDocument,
    "query SessionQuality($range: TimeRangeInput!, $timeZone: TimeZone) {\n  sessions(range: $range, timeZone: $timeZone, breakdown: \"channel\") {\n    total\n    users\n    viewsPerSession\n    breakdown {\n      values\n      counts\n    }\n  }\n  sessionDuration(range: $range, timeZone: $timeZone) {\n    averageSeconds\n    medianSeconds\n    p90Seconds\n  }\n  bounceRate(range: $range, timeZone: $timeZone, byEntryPage: true) {\n    eligibleSessions\n    bounces\n    bounceRatePercent\n    engagementRatePercent\n    byEntryPage {\n      pages\n      eligibleSessions\n      bounceRatePercents\n    }\n  }\n}": types.SessionQualityDocument,
    "query TopLists($range: TimeRangeInput!, $timeZone: TimeZone, $limit: Int = 10) {\n  topPages(range: $range, timeZone: $timeZone, limit: $limit) {\n    ...TopList\n  }\n  topSources(range: $range, timeZone: $timeZone, limit: $limit) {\n    ...TopList\n  }\n  topDevices(range: $range, timeZone: $timeZone, limit: $limit) {\n    ...TopList\n  }\n  topBrowsers(range: $range, timeZone: $timeZone, limit: $limit) {\n    ...TopList\n  }\n}\n\nfragment TopList on TopRows {\n  values\n  users\n  sessions\n  pageViews\n  userSharePercents\n  otherValues\n}": types.TopListsDocument,
    "query TopPages($range: TimeRangeInput!, $timeZone: TimeZone, $limit: Int = 20) {\n  topPages(range: $range, timeZone: $timeZone, limit: $limit) {\n    values\n    pageViews\n    users\n    sessions\n    userSharePercents\n    otherValues\n  }\n}": types.TopPagesDocument,
    "query UniqueUsers($range: TimeRangeInput!, $timeZone: TimeZone, $event: EventSelectorInput, $breakdown: String = \"browser\") {\n  uniqueUsers(\n    range: $range\n    timeZone: $timeZone\n    event: $event\n    breakdown: $breakdown\n  ) {\n    total\n    breakdown {\n      values\n      counts\n      sharePercents\n      otherValues\n    }\n    meta {\n      source\n      rowsRead\n      exact\n    }\n  }\n}": types.UniqueUsersDocument,
    "query UserTimeline($userId: ID!, $first: Int = 50, $after: String) {\n  user(id: $userId) {\n    id\n    userId\n    timeline(first: $first, after: $after) {\n      edges {\n        cursor\n        node {\n          eventId\n          eventName\n          occurredAt\n          page\n          screen\n          deviceType\n          properties\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n}": types.UserTimelineDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription ActiveNow($windowSeconds: Int! = 300) {\n  activeNow(windowSeconds: $windowSeconds) {\n    asOf\n    users\n  }\n}"): typeof import('./graphql.js').ActiveNowDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query EventRateOfRange($range: TimeRangeInput!, $event: EventSelectorInput) {\n  eventRate(range: $range, event: $event) {\n    perMinuteAverage\n    peakPerMinute\n    series {\n      bucketStarts\n      values\n    }\n  }\n}"): typeof import('./graphql.js').EventRateOfRangeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription EventRate($event: EventSelectorInput, $platform: Platform, $filter: [ConditionInput!]! = [], $windowSeconds: Int! = 60, $intervalMs: Int! = 1000) {\n  eventRate(\n    event: $event\n    platform: $platform\n    filter: $filter\n    windowSeconds: $windowSeconds\n    intervalMs: $intervalMs\n  ) {\n    asOf\n    total\n    perSecond\n    series {\n      bucketStarts\n      values\n    }\n  }\n}"): typeof import('./graphql.js').EventRateDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription EventTail($event: EventSelectorInput, $filter: [ConditionInput!]! = []) {\n  eventTail(event: $event, filter: $filter) {\n    events {\n      eventId\n      eventName\n      occurredAt\n      platform\n      page\n      userId\n      anonymousId\n      properties\n    }\n    dropped\n  }\n}"): typeof import('./graphql.js').EventTailDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query EventVolume($range: TimeRangeInput!, $timeZone: TimeZone, $event: EventSelectorInput, $filter: [ConditionInput!]! = [], $grain: Grain = HOUR, $breakdown: String = \"device_type\") {\n  eventVolume(\n    range: $range\n    timeZone: $timeZone\n    event: $event\n    filter: $filter\n    grain: $grain\n    breakdown: $breakdown\n  ) {\n    total\n    series {\n      bucketStarts\n      values\n    }\n    breakdown {\n      values\n      counts\n      otherValues\n      otherCount\n    }\n    meta {\n      source\n      rowsRead\n      exact\n      asOf\n      elapsedMs\n    }\n  }\n}"): typeof import('./graphql.js').EventVolumeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query FunnelConversion($range: TimeRangeInput!, $timeZone: TimeZone, $steps: [EventSelectorInput!]!, $order: FunnelOrder! = ORDERED, $windowSeconds: Float! = 1209600, $exclusions: [FunnelExclusionInput!]! = [], $breakdown: FunnelBreakdownInput) {\n  funnel(\n    range: $range\n    timeZone: $timeZone\n    steps: $steps\n    order: $order\n    windowSeconds: $windowSeconds\n    exclusions: $exclusions\n    breakdown: $breakdown\n  ) {\n    result {\n      ...FunnelSteps\n    }\n    byValue {\n      value\n      result {\n        ...FunnelSteps\n      }\n    }\n  }\n}\n\nfragment FunnelSteps on FunnelResult {\n  counts\n  ratePercents\n  stepRatePercents\n  averageSeconds\n  medianSeconds\n  totalAverageSeconds\n  totalMedianSeconds\n}"): typeof import('./graphql.js').FunnelConversionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query MetricSeries($range: TimeRangeInput!, $timeZone: TimeZone, $grain: Grain! = DAY) {\n  eventVolume(range: $range, timeZone: $timeZone, grain: $grain) {\n    total\n    series {\n      bucketStarts\n      values\n    }\n  }\n  uniqueUsers(range: $range, timeZone: $timeZone, grain: $grain) {\n    total\n    series {\n      values\n    }\n  }\n  pageViews(range: $range, timeZone: $timeZone, grain: $grain) {\n    total\n    unique\n    series {\n      values\n    }\n  }\n  sessions(range: $range, timeZone: $timeZone, grain: $grain) {\n    total\n    users\n    viewsPerSession\n    series {\n      values\n    }\n  }\n}"): typeof import('./graphql.js').MetricSeriesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query PageViews($range: TimeRangeInput!, $timeZone: TimeZone, $limit: Int = 20) {\n  pageViews(range: $range, timeZone: $timeZone, limit: $limit) {\n    total\n    unique\n    pages {\n      values\n      counts\n      otherValues\n      otherCount\n    }\n  }\n}"): typeof import('./graphql.js').PageViewsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ProjectSettings {\n  project {\n    projectId\n    name\n    timeZone\n    sessionTimeoutSeconds\n    linkedDomains\n    allowedOrigins\n    version\n  }\n}"): typeof import('./graphql.js').ProjectSettingsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query SessionQuality($range: TimeRangeInput!, $timeZone: TimeZone) {\n  sessions(range: $range, timeZone: $timeZone, breakdown: \"channel\") {\n    total\n    users\n    viewsPerSession\n    breakdown {\n      values\n      counts\n    }\n  }\n  sessionDuration(range: $range, timeZone: $timeZone) {\n    averageSeconds\n    medianSeconds\n    p90Seconds\n  }\n  bounceRate(range: $range, timeZone: $timeZone, byEntryPage: true) {\n    eligibleSessions\n    bounces\n    bounceRatePercent\n    engagementRatePercent\n    byEntryPage {\n      pages\n      eligibleSessions\n      bounceRatePercents\n    }\n  }\n}"): typeof import('./graphql.js').SessionQualityDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query TopLists($range: TimeRangeInput!, $timeZone: TimeZone, $limit: Int = 10) {\n  topPages(range: $range, timeZone: $timeZone, limit: $limit) {\n    ...TopList\n  }\n  topSources(range: $range, timeZone: $timeZone, limit: $limit) {\n    ...TopList\n  }\n  topDevices(range: $range, timeZone: $timeZone, limit: $limit) {\n    ...TopList\n  }\n  topBrowsers(range: $range, timeZone: $timeZone, limit: $limit) {\n    ...TopList\n  }\n}\n\nfragment TopList on TopRows {\n  values\n  users\n  sessions\n  pageViews\n  userSharePercents\n  otherValues\n}"): typeof import('./graphql.js').TopListsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query TopPages($range: TimeRangeInput!, $timeZone: TimeZone, $limit: Int = 20) {\n  topPages(range: $range, timeZone: $timeZone, limit: $limit) {\n    values\n    pageViews\n    users\n    sessions\n    userSharePercents\n    otherValues\n  }\n}"): typeof import('./graphql.js').TopPagesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query UniqueUsers($range: TimeRangeInput!, $timeZone: TimeZone, $event: EventSelectorInput, $breakdown: String = \"browser\") {\n  uniqueUsers(\n    range: $range\n    timeZone: $timeZone\n    event: $event\n    breakdown: $breakdown\n  ) {\n    total\n    breakdown {\n      values\n      counts\n      sharePercents\n      otherValues\n    }\n    meta {\n      source\n      rowsRead\n      exact\n    }\n  }\n}"): typeof import('./graphql.js').UniqueUsersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query UserTimeline($userId: ID!, $first: Int = 50, $after: String) {\n  user(id: $userId) {\n    id\n    userId\n    timeline(first: $first, after: $after) {\n      edges {\n        cursor\n        node {\n          eventId\n          eventName\n          occurredAt\n          page\n          screen\n          deviceType\n          properties\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n}"): typeof import('./graphql.js').UserTimelineDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
