import { isbot, isbotMatch } from 'isbot';
import { MAX_AGENT_LENGTH } from './user-agent.js';

/** Whether a user agent belongs to a bot, and why. */
export interface BotVerdict {
  readonly isBot: boolean;
  /**
   * `<kind>:<name>`, lower-case, e.g. `search_engine:googlebot`, `http_client:curl`; for a bot of
   * no known kind `pattern:<what matched>`. Empty when it is no bot.
   */
  readonly reason: string;
}

const NOT_A_BOT: BotVerdict = { isBot: false, reason: '' };

/**
 * Device names that contain a bot word: phones of the maker Cubot. The name is taken out before the
 * agent is judged, so that a crawler posing as such a phone is still found.
 */
const DEVICE_NAMES = /\bcubot(?![a-z])/gi;

/** Automation that the maintained list leaves out but the IAB spider list knows. */
const FURTHER_BOTS = /\b(?:ptst|phantomjs|slimerjs|selenium|puppeteer|playwright|webdriver)\b/i;

/** Kinds of bots by name; the first that is found gives the reason. */
const KINDS: readonly (readonly [kind: string, names: RegExp])[] = [
  [
    'search_engine',
    /googlebot|bingbot|yandexbot|duckduckbot|baiduspider|applebot|slurp|sogou|seznambot|naverbot|yeti|qwant|petalbot|msnbot|google-inspectiontool/i,
  ],
  [
    'ai_crawler',
    /gptbot|chatgpt-user|oai-searchbot|claudebot|claude-web|anthropic-ai|perplexitybot|ccbot|bytespider|google-extended|meta-externalagent|cohere-ai|amazonbot/i,
  ],
  [
    'preview',
    /facebookexternalhit|facebookcatalog|twitterbot|linkedinbot|slackbot|discordbot|telegrambot|whatsapp|pinterestbot|skypeuripreview|embedly|iframely/i,
  ],
  ['seo', /ahrefsbot|semrushbot|mj12bot|dotbot|rogerbot|ezooms|screaming frog|seokicks|blexbot/i],
  [
    'headless',
    /headlesschrome|headless|phantomjs|slimerjs|selenium|puppeteer|playwright|webdriver/i,
  ],
  [
    'monitoring',
    /uptimerobot|pingdom|statuscake|site24x7|datadog|newrelic|lighthouse|gtmetrix|ptst|nagios|zabbix|better ?uptime/i,
  ],
  [
    'http_client',
    /curl|wget|python-requests|python-urllib|aiohttp|httpx|okhttp|go-http-client|java|axios|node-fetch|undici|libwww-perl|ruby|guzzle|postman|insomnia|scrapy|httpie|apache-httpclient/i,
  ],
  [
    'feed_reader',
    /universalfeedparser|feedburner|feedbin|feedly|feedfetcher|tiny tiny rss|tt-rss|newsblur|inoreader|rss/i,
  ],
  ['archive', /archive\.org_bot|ia_archiver|heritrix/i],
];

/**
 * Judges a user agent by the maintained list of the `isbot` package and a few further names.
 * Whether the rule applies at all (web, user agent present) is the caller's question.
 */
export function botVerdict(userAgent: string): BotVerdict {
  const agent = userAgent.slice(0, MAX_AGENT_LENGTH).replace(DEVICE_NAMES, '');
  if (!isbot(agent) && !FURTHER_BOTS.test(agent)) return NOT_A_BOT;
  for (const [kind, names] of KINDS) {
    const name = names.exec(agent);
    if (name !== null) return { isBot: true, reason: `${kind}:${name[0].toLowerCase()}` };
  }
  const match = (isbotMatch(agent) ?? 'automation').toLowerCase();
  // Versions and free text would make the reasons countless; a word is enough to recognise one.
  const word = /[a-z][a-z._-]{0,39}/.exec(match)?.[0] ?? 'unusual';
  return { isBot: true, reason: `pattern:${word}` };
}
