import { trafficSql } from '../channel/channel-sql.js';
import type { ChannelRules } from '../channel/source-category.js';
import type { BoundParameters } from './bound-parameters.js';
import type { Cohort } from './metric-query.js';

/** What a dimension's expression may need besides the columns of the event. */
export interface DimensionScope {
  readonly parameters: BoundParameters;
  /** The project's linked domains, for source, medium and channel. */
  readonly linkedDomains: readonly string[];
  /** What kind of place some sources are, as the project says; left out: nothing. */
  readonly channelRules?: ChannelRules;
  /** What is known of people; left out where a question cannot ask for it. */
  readonly people?: PeopleScope;
}

/** Expressions about the person of the columns `anonymous_id` and `user_id`. */
export interface PeopleScope {
  /** Whether the person belongs to a cohort. @throws AppError for a cohort that makes no sense. */
  belongs(cohort: Cohort): string;
  /**
   * JSON text of a person property, empty when absent: a column that {@link PeopleScope.join} adds.
   */
  property(name: string): string;
  /** Joins the columns of the `person.<name>` among the names to `FROM <rows>`; else empty. */
  join(names: readonly string[]): string;
}

/** How a dimension of the person begins: `person.plan` is what identify events say of `plan`. */
export const PERSON_PREFIX = 'person.';

/** Whether a name asks for the person alone: it can be answered wherever both ids are known. */
export function isOfPerson(name: string): boolean {
  return name === 'cohort' || name.startsWith(PERSON_PREFIX);
}

/** A dimension of METRICS-SPEC §1. */
export interface Dimension {
  readonly name: string;
  /** One sentence for the schema and the docs. */
  readonly meaning: string;
  /** What a missing value (absent or empty) is called. */
  readonly missing: '(unknown)' | '(none)';
  /**
   * `event`: from the columns of `silver_events`. `session`: needs the columns `entry_page` and
   * `exit_page`, which `sessionEventsSql` adds when asked.
   */
  readonly level: 'event' | 'session';
  /** True for what is told of a visit as a whole: a top list takes it from the entry event. */
  readonly isOfVisit: boolean;
  /** True when it is computed from `TRAFFIC_COLUMNS` alone, by rules that are not cheap. */
  readonly isOfTraffic: boolean;
  /** Text expression, empty when missing. Columns are unqualified. */
  sql(scope: DimensionScope): string;
}

function column(
  name: string,
  meaning: string,
  missing: Dimension['missing'] = '(none)',
  sql = `toString(${name})`,
): Dimension {
  return {
    name,
    meaning,
    missing,
    level: 'event',
    isOfVisit: name.startsWith('utm_'),
    isOfTraffic: false,
    sql: () => sql,
  };
}

/** Page of an event: the path of its URL; of a screen view, and where there is no URL, the screen. */
export const PAGE_SQL = `multiIf(event_name = 'page_view', page, event_name = 'screen_view' AND screen != '', screen, page != '', page, screen)`;

/** Every dimension by which metrics can be filtered and broken down, besides fields and properties. */
export const DIMENSIONS: readonly Dimension[] = [
  column(
    'page',
    'Path of the URL, decoded, without query; for screens the screen.',
    '(none)',
    PAGE_SQL,
  ),
  column('host', 'Host of the URL.'),
  {
    name: 'entry_page',
    meaning: 'Page of the first page view of the session.',
    missing: '(none)',
    level: 'session',
    isOfVisit: true,
    isOfTraffic: false,
    sql: () => 'entry_page',
  },
  {
    name: 'exit_page',
    meaning: 'Page of the last page view of the session.',
    missing: '(none)',
    level: 'session',
    isOfVisit: true,
    isOfTraffic: false,
    sql: () => 'exit_page',
  },
  {
    name: 'channel',
    meaning: 'Default channel group of the traffic source.',
    missing: '(none)',
    level: 'event',
    isOfVisit: true,
    isOfTraffic: true,
    sql: (scope) => trafficSql(scope).channel,
  },
  {
    name: 'source',
    meaning: 'utm_source, else the external referrer host, else what a click id implies.',
    missing: '(none)',
    level: 'event',
    isOfVisit: true,
    isOfTraffic: true,
    sql: (scope) => trafficSql(scope).source,
  },
  {
    name: 'medium',
    meaning: 'utm_medium, else organic or referral by the external referrer.',
    missing: '(none)',
    level: 'event',
    isOfVisit: true,
    isOfTraffic: true,
    sql: (scope) => trafficSql(scope).medium,
  },
  {
    name: 'referrer_host',
    meaning: 'Host of the referrer unless it is the site itself or a linked domain.',
    missing: '(none)',
    level: 'event',
    isOfVisit: true,
    isOfTraffic: true,
    sql: (scope) => trafficSql(scope).referrerHost,
  },
  column('utm_source', 'Campaign tag source, lower-cased, from the field or the URL.'),
  column('utm_medium', 'Campaign tag medium, lower-cased, from the field or the URL.'),
  column('utm_campaign', 'Campaign tag campaign, lower-cased, from the field or the URL.'),
  column('utm_content', 'Campaign tag content, lower-cased, from the field or the URL.'),
  column('utm_term', 'Campaign tag term, lower-cased, from the field or the URL.'),
  column('device_type', 'desktop, mobile, tablet, tv or other.', '(unknown)'),
  column('browser', 'Browser.', '(unknown)'),
  column('browser_version', 'Version of the browser.', '(unknown)'),
  column('os', 'Operating system.', '(unknown)'),
  column('os_version', 'Version of the operating system.', '(unknown)'),
  column('country', 'Country, ISO 3166-1 alpha-2.', '(unknown)'),
  column('region', 'Region within the country.', '(unknown)'),
  column('city', 'City.', '(unknown)'),
  column('language', 'Language of the device.', '(unknown)'),
  column('app_version', 'Version of the mobile app.', '(unknown)'),
  column('platform', 'web or mobile.'),
  column('event_name', 'Name of the event.'),
];

/** Finds a dimension by name. */
export function dimensionByName(name: string): Dimension | undefined {
  return DIMENSIONS.find((dimension) => dimension.name === name);
}
