import type { OracleEvent } from './oracle-event.js';

/** The rules of METRICS-SPEC §5, one after the other. */
export function oracleChannel(event: OracleEvent, linkedDomains: readonly string[]): string {
  const { medium = '', campaign = '' } = event.tags;
  const referrer = externalReferrer(event, linkedDomains);
  const source = oracleSource(event, linkedDomains);
  const kind = categoryOf(source);
  const paid = /^(.*cp.*|ppc|retargeting|paid.*)$/.test(medium);
  const shop = kind === 'shopping' || /^(.*(([^a-df-z]|^)shop|shopping).*)$/.test(campaign);
  const engine = bare(source).split('.')[0];
  const clicked =
    (engine === 'google' && ['gclid', 'gbraid', 'wbraid'].includes(event.clickId)) ||
    (engine === 'bing' && event.clickId === 'msclkid');
  const mail = /email|e-mail|e_mail|e mail|newsletter/;
  if (campaign.includes('cross-network')) return 'Cross-network';
  if (shop && paid) return 'Paid Shopping';
  if (kind === 'search' && (paid || clicked)) return 'Paid Search';
  if (kind === 'social' && paid) return 'Paid Social';
  if (kind === 'video' && paid) return 'Paid Video';
  if (['display', 'banner', 'expandable', 'interstitial', 'cpm'].includes(medium)) return 'Display';
  if (paid) return 'Paid Other';
  if (shop) return 'Organic Shopping';
  const social = ['social', 'social-network', 'social-media', 'sm', 'social network'];
  if (kind === 'social' || [...social, 'social media'].includes(medium)) return 'Organic Social';
  if (kind === 'video' || medium.includes('video')) return 'Organic Video';
  if (kind === 'ai') return 'AI Assistants';
  if (kind === 'search' || medium === 'organic') return 'Organic Search';
  if (kind === 'email' || mail.test(source) || mail.test(medium)) return 'Email';
  if (medium === 'affiliate' || medium === 'affiliates') return 'Affiliates';
  if (medium === 'audio') return 'Audio';
  if (source === 'sms' || medium === 'sms') return 'SMS';
  if (
    medium.endsWith('push') ||
    medium.includes('mobile') ||
    medium.includes('notification') ||
    source === 'firebase'
  ) {
    return 'Mobile Push';
  }
  if (referrer !== '' || ['referral', 'app', 'link'].includes(medium)) return 'Referral';
  return Object.values(event.tags).some((tag) => tag !== '') ? 'Unassigned' : 'Direct';
}

/** utm_source, else the external referrer, else what a click id implies. */
export function oracleSource(event: OracleEvent, linkedDomains: readonly string[]): string {
  const { source = '' } = event.tags;
  if (source !== '') return source;
  const referrer = externalReferrer(event, linkedDomains);
  if (referrer !== '') return referrer;
  if (event.clickId === '') return '';
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
  const strip = (host: string): string => host.toLowerCase().replace(/^www\./, '');
  const from = strip(event.referrerHost);
  const own = strip(event.host);
  if (from === '') return '';
  const related =
    own !== '' && (from === own || from.endsWith(`.${own}`) || own.endsWith(`.${from}`));
  return related || linkedDomains.map(strip).includes(from) ? '' : event.referrerHost;
}

function bare(source: string): string {
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
  return Object.entries(KNOWN).find(([, sites]) => sites.includes(site))?.[0] ?? '';
}
