import { percentDecode } from '../../../src/event/page-of-url.js';
import { nfc } from '../../../src/event/text-value.js';

/** Campaign tags as they are compared: lower-case, NFC, trimmed; empty = absent. */
export interface CampaignTags {
  readonly source: string;
  readonly medium: string;
  readonly campaign: string;
  readonly content: string;
  readonly term: string;
  /** Name of the first click id present, in the order of {@link CLICK_IDS}. */
  readonly clickId: string;
}

/** Click ids that ad networks append to a landing URL, in order of precedence. */
export const CLICK_IDS = ['gclid', 'gbraid', 'wbraid', 'msclkid', 'fbclid'] as const;

const NO_TAGS: CampaignTags = {
  source: '',
  medium: '',
  campaign: '',
  content: '',
  term: '',
  clickId: '',
};

/** A tag as it is stored: lower-case, NFC, without white space around it. */
export function normalizeTag(text: string): string {
  return text === '' ? '' : nfc(text.trim().toLowerCase());
}

/**
 * Reads campaign tags and click ids from a raw URL query (without `?`), form-encoded. The first
 * value of a repeated name counts; a name without value is absent.
 */
export function campaignTags(query: string): CampaignTags {
  if (!query.includes('utm_') && !query.includes('id=')) return NO_TAGS;
  const values = new Map<string, string>();
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    if (at === -1) continue;
    const name = percentDecode(pair.slice(0, at));
    const value = pair.slice(at + 1);
    if (value !== '' && !values.has(name)) values.set(name, value);
  }
  const tag = (name: string) =>
    normalizeTag(percentDecode((values.get(name) ?? '').replaceAll('+', ' ')));
  return {
    source: tag('utm_source'),
    medium: tag('utm_medium'),
    campaign: tag('utm_campaign'),
    content: tag('utm_content'),
    term: tag('utm_term'),
    clickId: CLICK_IDS.find((name) => values.has(name)) ?? '',
  };
}
