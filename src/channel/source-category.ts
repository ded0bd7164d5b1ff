/** What kinds of places there are, in order of precedence. */
export const CATEGORIES = ['email', 'ai', 'shopping', 'video', 'search', 'social'] as const;

/** What kind of place a traffic source is. */
export type SourceCategory = (typeof CATEGORIES)[number];

/**
 * Sources of a project that are of a category whatever the list below says: hosts as a whole, or
 * values of `utm_source`. Each is in one category at most.
 */
export type ChannelRules = Readonly<Partial<Record<SourceCategory, readonly string[]>>>;

/** Which sources belong to a category. */
export interface SourceCategoryRule {
  readonly category: SourceCategory;
  /** Match alone (`google`) and before a country or general ending (`google.de`, `google.co.uk`). */
  readonly names: readonly string[];
  /** Match as a whole host only. */
  readonly hosts: readonly string[];
}

/**
 * Categories by host, in order of precedence (METRICS-SPEC §5). Data: extend it by adding a name
 * or a host. A source never matches by a part of it: `google.evil.example` is no search engine.
 */
export const SOURCE_CATEGORIES: readonly SourceCategoryRule[] = [
  {
    category: 'email',
    names: ['mail.google', 'gmail', 'outlook.live', 'mail.yahoo'],
    hosts: ['com.google.android.gm'],
  },
  {
    category: 'ai',
    names: [
      'chatgpt',
      'chat.openai',
      'openai',
      'perplexity',
      'claude',
      'gemini',
      'gemini.google',
      'copilot',
      'copilot.microsoft',
      'deepseek',
      'chat.deepseek',
      'grok',
      'phind',
    ],
    hosts: [],
  },
  {
    category: 'shopping',
    names: ['amazon', 'ebay', 'etsy', 'walmart', 'aliexpress', 'temu', 'shopping.google'],
    hosts: [],
  },
  {
    category: 'video',
    names: ['youtube', 'vimeo', 'twitch', 'dailymotion', 'netflix', 'hulu'],
    hosts: ['youtu.be'],
  },
  {
    category: 'search',
    names: [
      'google',
      'bing',
      'yahoo',
      'search.yahoo',
      'r.search.yahoo',
      'duckduckgo',
      'baidu',
      'yandex',
      'ecosia',
      'brave',
      'search.brave',
      'sogou',
      'naver',
      'search.naver',
      'seznam',
      'search.seznam',
      'qwant',
      'startpage',
    ],
    hosts: ['com.google.android.googlequicksearchbox'],
  },
  {
    category: 'social',
    names: [
      'facebook',
      'fb',
      'instagram',
      'ig',
      'twitter',
      'linkedin',
      'reddit',
      'old.reddit',
      'out.reddit',
      'pinterest',
      'tiktok',
      'threads',
      'bluesky',
      'bsky',
      'mastodon',
      'telegram',
      'discord',
      'whatsapp',
      'web.whatsapp',
      'quora',
      'snapchat',
    ],
    hosts: [
      'x.com',
      't.co',
      'lnkd.in',
      'vk.com',
      'bsky.app',
      'mastodon.social',
      'news.ycombinator.com',
    ],
  },
];

/** Prefixes that are no part of a site's name. */
export const IGNORED_HOST_PREFIX = '^(?:www|m|l|lm|mobile)\\.';

/** `.com` and its like, a country, or a country with a second level (`.co.uk`, `.com.au`). */
const ENDING = '\\.(?:com|org|net|[a-z]{2}|(?:com|co|org|net)\\.[a-z]{2})';

function escaped(text: string): string {
  return text.replace(/[.\\+*?()[\]{}|^$]/g, '\\$&');
}

/** RE2 pattern that matches the sources of a rule, prefix already removed. */
export function sourcePattern(rule: SourceCategoryRule): string {
  const names = rule.names.map(escaped).join('|');
  const hosts = rule.hosts.map(escaped);
  return `^(?:${[`(?:${names})(?:${ENDING})?`, ...hosts].join('|')})$`;
}
