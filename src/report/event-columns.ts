/** A column of `silver_events` that reports may have. */
interface Column {
  readonly name: string;
  /** One sentence for the schema. */
  readonly meaning: string;
}

/** In the order of a report that names none. */
export const EVENT_COLUMNS = [
  { name: 'event_id', meaning: 'Id of the event, unique in the project.' },
  { name: 'event_name', meaning: 'Name of the event.' },
  { name: 'occurred_at', meaning: 'When it happened, by the clock of the device; UTC.' },
  { name: 'received_at', meaning: 'When the collector took it; UTC.' },
  { name: 'queryable_at', meaning: 'When it could first be asked for; UTC.' },
  { name: 'platform', meaning: '`web` or `mobile`.' },
  { name: 'anonymous_id', meaning: 'Device, or browser; empty without one.' },
  { name: 'user_id', meaning: 'Account; empty without one.' },
  { name: 'session_id', meaning: 'Session the client gave; empty without one.' },
  { name: 'url', meaning: 'Address of the page.' },
  { name: 'host', meaning: 'Host of the address.' },
  { name: 'page', meaning: 'Path of the address, decoded, without query.' },
  { name: 'screen', meaning: 'Screen of an app.' },
  { name: 'referrer', meaning: 'Address the visitor came from.' },
  { name: 'referrer_host', meaning: 'Host of that address.' },
  { name: 'utm_source', meaning: '`utm_source` of the address, trimmed, in small letters.' },
  { name: 'utm_medium', meaning: '`utm_medium` likewise.' },
  { name: 'utm_campaign', meaning: '`utm_campaign` likewise.' },
  { name: 'utm_content', meaning: '`utm_content` likewise.' },
  { name: 'utm_term', meaning: '`utm_term` likewise.' },
  { name: 'click_id', meaning: 'Kind of click id in the address, e.g. `gclid`.' },
  { name: 'device_type', meaning: 'Kind of device.' },
  { name: 'browser', meaning: 'Name of the browser.' },
  { name: 'browser_version', meaning: 'Its version.' },
  { name: 'os', meaning: 'Operating system.' },
  { name: 'os_version', meaning: 'Its version.' },
  { name: 'app_version', meaning: 'Version of the app.' },
  { name: 'language', meaning: 'Language of the visitor.' },
  { name: 'country', meaning: 'Country, two letters.' },
  { name: 'region', meaning: 'Region, where it is known.' },
  { name: 'city', meaning: 'City, where it is known.' },
  { name: 'ip', meaning: 'Address of the sender as it is kept.' },
  { name: 'user_agent', meaning: 'What the client says it is.' },
  { name: 'is_bot', meaning: 'Whether it comes of a bot.' },
  { name: 'bot_reason', meaning: 'Why it counts as one; empty when it does not.' },
  { name: 'engaged_ms', meaning: 'Engagement time that it tells, milliseconds.' },
  { name: 'revenue', meaning: 'Amount, exact; null without one.' },
  { name: 'currency', meaning: 'Currency of the amount.' },
  { name: 'order_id', meaning: 'Order; empty without one.' },
  { name: 'properties', meaning: 'All properties, as the text of one JSON object.' },
] as const satisfies readonly Column[];

/** Name of a column that reports of events may have. */
export type EventColumn = (typeof EVENT_COLUMNS)[number]['name'];
