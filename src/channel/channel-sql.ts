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
  CATEGORIES,
  type ChannelRules,
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

/** Columns of an event from which all of {@link TrafficSql} is computed. */
export const TRAFFIC_COLUMNS = [
  'host',
  'referrer_host',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_content',
  'utm_term',
  'click_id',
] as const;

/**
 * Traffic source and channel of an event (METRICS-SPEC §5), computed when the question is asked,
 * from stored raw attributes: a changed rule or linked domain holds for all history at once.
 */
export function trafficSql(input: {
  readonly parameters: BoundParameters;
  readonly linkedDomains: readonly string[];
  /** Sources that the project knows better; left out: none. */
  readonly channelRules?: ChannelRules;
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
  const isInternal = `referrer_host != '' AND ((host != '' AND (${from} = ${own} OR endsWith(${from}, concat('.', ${own})) OR endsWith(${own}, concat('.', ${from})))) OR has(${linked}, ${from}))`;
  const referrerHost = `if(${isInternal}, '', referrer_host)`;
  const implied = Object.entries(CLICK_ID_SOURCES)
    .map(([id, source]) => `click_id = ${text(id)}, ${text(source)}`)
    .join(', ');
  const sourceFrom = (referrer: string): string =>
    `multiIf(utm_source != '', utm_source, ${referrer} != '', ${referrer}, ${implied}, '')`;
  const source = bound('t_referrer', referrerHost, sourceFrom('t_referrer'));
  const site = (host: string): string =>
    `replaceRegexpOne(${host}, ${text(IGNORED_HOST_PREFIX)}, '')`;
  const { channelRules = {} } = input;
  const ruled = CATEGORIES.flatMap((category) => {
    const hosts = channelRules[category] ?? [];
    return hosts.length === 0 ? [] : [{ category, hosts: list(hosts.map(bareSource)) }];
  });
  const kindOf = (bareHost: string): string => {
    const tests = [
      ...ruled.map(({ category, hosts }) => `has(${hosts}, ${bareHost}), '${category}'`),
      ...SOURCE_CATEGORIES.map(
        (rule) => `match(${bareHost}, ${text(sourcePattern(rule))}), '${rule.category}'`,
      ),
    ];
    return `multiIf(${tests.join(', ')}, '')`;
  };
  const medium = bound(
    't_referrer',
    referrerHost,
    `multiIf(utm_medium != '', utm_medium, ${bound('t_site', site('t_referrer'), kindOf('t_site'))} IN ('search', 'social', 'video', 'ai'), 'organic', t_referrer != '', 'referral', '')`,
  );

  const engineClick = Object.entries(PAID_CLICK_IDS)
    .map(
      ([engine, ids]) =>
        `(has(${list(ids)}, click_id) AND match(t_site, ${text(sourcePattern(engineRule(engine)))}))`,
    )
    .join(' OR ');
  const isOfMail = (column: string): string => `match(${column}, ${text(MAIL_WORD)})`;
  const rules: readonly (readonly [condition: string, channel: string])[] = [
    [`position(utm_campaign, 'cross-network') > 0`, 'Cross-network'],
    ['t_shop AND t_paid', 'Paid Shopping'],
    [`t_kind = 'search' AND (t_paid OR ${engineClick})`, 'Paid Search'],
    [`t_kind = 'social' AND t_paid`, 'Paid Social'],
    [`t_kind = 'video' AND t_paid`, 'Paid Video'],
    [`has(${list(DISPLAY_MEDIA)}, utm_medium)`, 'Display'],
    ['t_paid', 'Paid Other'],
    ['t_shop', 'Organic Shopping'],
    [`t_kind = 'social' OR has(${list(SOCIAL_MEDIA)}, utm_medium)`, 'Organic Social'],
    [`t_kind = 'video' OR position(utm_medium, 'video') > 0`, 'Organic Video'],
    [`t_kind = 'ai'`, 'AI Assistants'],
    [`t_kind = 'search' OR utm_medium = 'organic'`, 'Organic Search'],
    [`t_kind = 'email' OR ${isOfMail('t_source')} OR ${isOfMail('utm_medium')}`, 'Email'],
    [`utm_medium IN ('affiliate', 'affiliates')`, 'Affiliates'],
    [`utm_medium = 'audio'`, 'Audio'],
    [`t_source = 'sms' OR utm_medium = 'sms'`, 'SMS'],
    [
      `endsWith(utm_medium, 'push') OR position(utm_medium, 'mobile') > 0 OR position(utm_medium, 'notification') > 0 OR t_source = 'firebase'`,
      'Mobile Push',
    ],
    [`t_referrer != '' OR utm_medium IN ('referral', 'app', 'link')`, 'Referral'],
    [
      `utm_source != '' OR utm_medium != '' OR utm_campaign != '' OR utm_content != '' OR utm_term != ''`,
      'Unassigned',
    ],
  ];
  const byRule = `multiIf(${rules.map(([condition, name]) => `${condition}, '${name}'`).join(', ')}, 'Direct')`;
  const isPaid = `match(utm_medium, ${text(PAID_MEDIUM)})`;
  const isShop = `t_kind = 'shopping' OR match(utm_campaign, ${text(SHOP_CAMPAIGN)})`;
  const channel = [
    ['t_shop', isShop],
    ['t_paid', isPaid],
    ['t_kind', kindOf('t_site')],
    ['t_site', site('t_source')],
    ['t_source', sourceFrom('t_referrer')],
    ['t_referrer', referrerHost],
  ].reduce((body, [name = '', value = '']) => bound(name, value, body), byRule);
  // Most visits tell nothing of their source. The engine looks at the rules for the others alone.
  const isBare = TRAFFIC_COLUMNS.filter((name) => name !== 'host')
    .map((name) => `${name} = ''`)
    .join(' AND ');
  return { referrerHost, source, medium, channel: `if(${isBare}, 'Direct', ${channel})` };
}

/**
 * Evaluates `value` once under a name that `body` uses. SQL has no such form for expressions, and
 * repeating the text would let it grow with the product of its parts.
 */
function bound(name: string, value: string, body: string): string {
  return `arrayElement(arrayMap(${name} -> ${body}, [${value}]), 1)`;
}

/** A source of a project as it is compared: without what is no part of a site's name. */
function bareSource(source: string): string {
  return source.toLowerCase().replace(new RegExp(IGNORED_HOST_PREFIX), '');
}

/** The rule of one engine alone, to tell whether a click id belongs to it. */
function engineRule(name: string): SourceCategoryRule {
  return { category: 'search', names: [name], hosts: [] };
}
