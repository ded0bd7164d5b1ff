import type { BoundParameters } from '../metric/bound-parameters.js';
import {
  CLICK_ID_SOURCES,
  DISPLAY_MEDIA,
  MAIL_WORD,
  PAID_CLICK_IDS,
  PAID_MEDIUM,
  SHOP_CAMPAIGN,
  SOCIAL_MEDIA,
} from './channel.js';
import {
  IGNORED_HOST_PREFIX,
  SOURCE_CATEGORIES,
  type SourceCategoryRule,
  sourcePattern,
} from './source-category.js';

/** Expressions over the columns of one event (normally a session's entry event). All are text. */
export interface TrafficSql {
  /** Referrer host, empty when absent or internal to the site or to linked domains. */
  readonly referrerHost: string;
  /** `utm_source`, else the external referrer host, else what a click id implies, else empty. */
  readonly source: string;
  /** `utm_medium`, else `organic` or `referral` by the external referrer, else empty. */
  readonly medium: string;
  /** One of `CHANNELS`. */
  readonly channel: string;
}

/**
 * Traffic source and channel of an event (METRICS-SPEC §5), computed when the question is asked,
 * from stored raw attributes: a changed rule or linked domain holds for all history at once.
 */
export function trafficSql(input: {
  readonly parameters: BoundParameters;
  readonly linkedDomains: readonly string[];
}): TrafficSql {
  const { parameters } = input;
  const text = (value: string): string => parameters.bind('String', value);
  const list = (values: readonly string[]): string => parameters.bind('Array(String)', values);
  const bare = (host: string): string => `replaceRegexpOne(${host}, '^www[.]', '')`;
  const linked = list(
    input.linkedDomains.map((domain) => domain.toLowerCase().replace(/^www\./, '')),
  );
  const from = bare('referrer_host');
  const own = bare('host');
  const isInternal = `(referrer_host != '' AND ((host != '' AND (${from} = ${own} OR endsWith(${from}, concat('.', ${own})) OR endsWith(${own}, concat('.', ${from})))) OR has(${linked}, ${from})))`;
  const referrerHost = `if(${isInternal}, '', referrer_host)`;
  const implied = Object.entries(CLICK_ID_SOURCES)
    .map(([id, source]) => `click_id = ${text(id)}, ${text(source)}`)
    .join(', ');
  const source = `multiIf(utm_source != '', utm_source, ${referrerHost} != '', ${referrerHost}, ${implied}, '')`;
  const site = (host: string): string =>
    `replaceRegexpOne(${host}, ${text(IGNORED_HOST_PREFIX)}, '')`;
  const category = (host: string): string =>
    `multiIf(${SOURCE_CATEGORIES.map((rule) => `match(${site(host)}, ${text(sourcePattern(rule))}), '${rule.category}'`).join(', ')}, '')`;
  const medium = `multiIf(utm_medium != '', utm_medium, ${category(referrerHost)} IN ('search', 'social', 'video', 'ai'), 'organic', ${referrerHost} != '', 'referral', '')`;

  const kind = category(source);
  const isPaid = `match(utm_medium, ${text(PAID_MEDIUM)})`;
  const isShop = `(${kind} = 'shopping' OR match(utm_campaign, ${text(SHOP_CAMPAIGN)}))`;
  const engineClick = Object.entries(PAID_CLICK_IDS)
    .map(
      ([engine, ids]) =>
        `(has(${list(ids)}, click_id) AND match(${site(source)}, ${text(sourcePattern(engineRule(engine)))}))`,
    )
    .join(' OR ');
  const rules: readonly (readonly [condition: string, channel: string])[] = [
    [`position(utm_campaign, 'cross-network') > 0`, 'Cross-network'],
    [`${isShop} AND ${isPaid}`, 'Paid Shopping'],
    [`${kind} = 'search' AND (${isPaid} OR ${engineClick})`, 'Paid Search'],
    [`${kind} = 'social' AND ${isPaid}`, 'Paid Social'],
    [`${kind} = 'video' AND ${isPaid}`, 'Paid Video'],
    [`has(${list(DISPLAY_MEDIA)}, utm_medium)`, 'Display'],
    [isPaid, 'Paid Other'],
    [isShop, 'Organic Shopping'],
    [`${kind} = 'social' OR has(${list(SOCIAL_MEDIA)}, utm_medium)`, 'Organic Social'],
    [`${kind} = 'video' OR position(utm_medium, 'video') > 0`, 'Organic Video'],
    [`${kind} = 'ai'`, 'AI Assistants'],
    [`${kind} = 'search' OR utm_medium = 'organic'`, 'Organic Search'],
    [
      `${kind} = 'email' OR match(${source}, ${text(MAIL_WORD)}) OR match(utm_medium, ${text(MAIL_WORD)})`,
      'Email',
    ],
    [`utm_medium IN ('affiliate', 'affiliates')`, 'Affiliates'],
    [`utm_medium = 'audio'`, 'Audio'],
    [`${source} = 'sms' OR utm_medium = 'sms'`, 'SMS'],
    [
      `endsWith(utm_medium, 'push') OR position(utm_medium, 'mobile') > 0 OR position(utm_medium, 'notification') > 0 OR ${source} = 'firebase'`,
      'Mobile Push',
    ],
    [`${referrerHost} != '' OR utm_medium IN ('referral', 'app', 'link')`, 'Referral'],
    [
      `utm_source != '' OR utm_medium != '' OR utm_campaign != '' OR utm_content != '' OR utm_term != ''`,
      'Unassigned',
    ],
  ];
  const channel = `multiIf(${rules.map(([condition, name]) => `(${condition}), '${name}'`).join(', ')}, 'Direct')`;
  return { referrerHost, source, medium, channel };
}

/** The rule of one engine alone, to tell whether a click id belongs to it. */
function engineRule(name: string): SourceCategoryRule {
  return { category: 'search', names: [name], hosts: [] };
}
