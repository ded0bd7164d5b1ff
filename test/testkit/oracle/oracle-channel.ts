import type { OracleEvent } from './oracle-event.js';
import { holds, type OracleRule } from './oracle-rules.js';

const MAIL = /email|e-mail|e_mail|e mail|newsletter/;
const SOCIAL = 'social,social-network,social-media,sm,social network,social media'.split(',');
const DISPLAY = ['display', 'banner', 'expandable', 'interstitial', 'cpm'];

/** The rules of METRICS-SPEC §5, one after the other. */
export function oracleChannel(event: OracleEvent, linkedDomains: readonly string[]): string {
  const { medium = '', campaign = '' } = event.tags;
  const referrer = externalReferrer(event, linkedDomains);
  const source = oracleSource(event, linkedDomains);
  const kind = categoryOf(source);
  const paid = /^(.*cp.*|ppc|retargeting|paid.*)$/.test(medium);
  const isShop = holds('a shop is a word of the campaign')
    ? /^(.*(([^a-df-z]|^)shop|shopping).*)$/.test(campaign)
    : campaign.includes('shop');
  const shop = kind === 'shopping' || isShop;
  const clicked =
    isOfEngine(source, event.clickId) && holds('a click id of the engine is paid search');
  const rules: readonly (readonly [applies: boolean, channel: string])[] = [
    [campaign.includes('cross-network'), 'Cross-network'],
    [shop && paid, 'Paid Shopping'],
    [kind === 'search' && (paid || clicked), 'Paid Search'],
    [kind === 'social' && (paid || isPaidByFbclid(event)), 'Paid Social'],
    [kind === 'video' && paid, 'Paid Video'],
    [DISPLAY.includes(medium), 'Display'],
    [paid, 'Paid Other'],
    [shop, 'Organic Shopping'],
    [kind === 'social' || SOCIAL.includes(medium), 'Organic Social'],
    [kind === 'video' || medium.includes('video'), 'Organic Video'],
    [kind === 'ai', 'AI Assistants'],
    [kind === 'search' || medium === 'organic', 'Organic Search'],
    [kind === 'email' || MAIL.test(source) || MAIL.test(medium), 'Email'],
    [medium === 'affiliate' || medium === 'affiliates', 'Affiliates'],
    [medium === 'audio', 'Audio'],
    [source === 'sms' || medium === 'sms', 'SMS'],
    [/push$|mobile|notification/.test(medium) || source === 'firebase', 'Mobile Push'],
    [referrer !== '' || ['referral', 'app', 'link'].includes(medium), 'Referral'],
    [Object.values(event.tags).some((tag) => tag !== ''), 'Unassigned'],
  ];
  const found = rules.find(
    ([applies, channel]) => applies && holds(`channel ${channel}` as OracleRule),
  );
  return found?.[1] ?? 'Direct';
}

/** Whether a click id is one of the search engine that the source is. */
function isOfEngine(source: string, clickId: string): boolean {
  const engine = bare(source).split('.')[0];
  return (
    (engine === 'google' && ['gclid', 'gbraid', 'wbraid'].includes(clickId)) ||
    (engine === 'bing' && clickId === 'msclkid')
  );
}

/** What it would be if it paid. */
function isPaidByFbclid({ clickId }: OracleEvent): boolean {
  return clickId === 'fbclid' && !holds('fbclid is not paid');
}

/** utm_source, else the external referrer, else what a click id implies. */
export function oracleSource(event: OracleEvent, linkedDomains: readonly string[]): string {
  const { source = '' } = event.tags;
  if (source !== '') return source;
  const referrer = externalReferrer(event, linkedDomains);
  if (referrer !== '') return referrer;
  if (event.clickId === '' || !holds('a click id names a source')) return '';
  if (event.clickId === 'fbclid') return 'facebook';
  return event.clickId === 'msclkid' ? 'bing' : 'google';
}

/** utm_medium, else organic for referrers of some categories, referral for the others. */
export function oracleMedium(event: OracleEvent, linkedDomains: readonly string[]): string {
  const { medium = '' } = event.tags;
  const referrer = externalReferrer(event, linkedDomains);
  if (medium !== '' || referrer === '') return medium;
  const isOrganic = ['search', 'social', 'video', 'ai'].includes(categoryOf(referrer));
  return isOrganic ? 'organic' : 'referral';
}

function externalReferrer(event: OracleEvent, linkedDomains: readonly string[]): string {
  const strip = (host: string): string => {
    const lower = host.toLowerCase();
    return holds('www is no part of a host') ? lower.replace(/^www\./, '') : lower;
  };
  const from = strip(event.referrerHost);
  const own = strip(event.host);
  if (from === '') return '';
  const isOwn = own === from && holds('a referrer of the own host is none');
  const isRelated =
    own !== '' &&
    (from.endsWith(`.${own}`) || own.endsWith(`.${from}`)) &&
    holds('a referrer of a related host is none');
  const isLinked =
    linkedDomains.map(strip).includes(from) && holds('a referrer of a linked domain is none');
  return isOwn || isRelated || isLinked ? '' : event.referrerHost;
}

function bare(source: string): string {
  if (!holds('a prefix is no part of a source')) return source;
  return source.replace(/^(www|m|l|lm|mobile)\./, '');
}

/** The sources that worlds use, by hand. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  email: ['mail.google.com', 'com.google.android.gm'],
  ai: ['chatgpt.com', 'claude.ai', 'perplexity'],
  shopping: ['amazon.co.uk', 'ebay', 'shopping.google.com'],
  video: ['youtube.com', 'youtu.be', 'vimeo'],
  search: ['google.com', 'google.de', 'google', 'bing.com', 'bing', 'duckduckgo.com'],
  social: ['facebook.com', 'facebook', 'fb', 't.co', 'x.com', 'news.ycombinator.com', 'ig'],
};

/** Every source {@link KNOWN} by its category, for the generator. */
export const KNOWN_SOURCES: readonly string[] = Object.values(KNOWN).flat();

function categoryOf(source: string): string {
  const site = bare(source);
  const kinds = Object.entries(KNOWN).filter(([, sites]) => sites.includes(site));
  const [kind] = kinds[0] ?? [''];
  // Without precedence and whole names, a mail host of a search engine and a look-alike are search.
  if (kind === 'email' && /google/.test(site) && !holds('mail comes before search'))
    return 'search';
  if (kind === '' && /google/.test(site) && !holds('a source matches as a whole')) return 'search';
  return kind;
}
