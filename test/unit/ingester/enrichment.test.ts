import { describe, expect, test } from '@jest/globals';
import { botVerdict } from '../../../ingest/ingester/enrichment/bot.js';
import { boundedMemo } from '../../../ingest/ingester/enrichment/bounded-memo.js';
import { campaignTags } from '../../../ingest/ingester/enrichment/campaign.js';
import { createCountryLookup } from '../../../ingest/ingester/enrichment/country.js';
import { agentParts } from '../../../ingest/ingester/enrichment/user-agent.js';

const MOZILLA = 'Mozilla/5.0';
const WINDOWS = `${MOZILLA} (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36`;
const IPHONE = `${MOZILLA} (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)`;

describe('device, browser and system', () => {
  test.each([
    [WINDOWS, 'desktop', 'Chrome', '120.0', 'Windows', '10'],
    [`${WINDOWS} Edg/120.0.2210.91`, 'desktop', 'Edge', '120.0', 'Windows', '10'],
    [`${WINDOWS} OPR/106.0.0.0`, 'desktop', 'Opera', '106.0', 'Windows', '10'],
    [
      `${MOZILLA} (X11; Ubuntu; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0`,
      'desktop',
      'Firefox',
      '125.0',
      'Linux',
      '',
    ],
    [
      `${MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15`,
      'desktop',
      'Safari',
      '17.0',
      'macOS',
      '10.15',
    ],
    [
      `${IPHONE} Version/17.4 Mobile/15E148 Safari/604.1`,
      'mobile',
      'Safari',
      '17.4',
      'iOS',
      '17.4',
    ],
    [
      `${IPHONE} CriOS/117.0.5938.108 Mobile/15E148 Safari/604.1`,
      'mobile',
      'Chrome',
      '117.0',
      'iOS',
      '17.4',
    ],
    [
      `${IPHONE} GSA/312.0 Mobile/15E148 Safari/604.1`,
      'mobile',
      'Google App',
      '312.0',
      'iOS',
      '17.4',
    ],
    [
      `${MOZILLA} (iPad; CPU OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1`,
      'tablet',
      'Safari',
      '16.5',
      'iOS',
      '16.5',
    ],
    [
      `${MOZILLA} (Linux; Android 13; SM-T970) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.0.0 Safari/537.36`,
      'tablet',
      'Chrome',
      '116.0',
      'Android',
      '13',
    ],
    [
      `${MOZILLA} (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36`,
      'desktop',
      'Chrome',
      '119.0',
      'Chrome OS',
      '',
    ],
    [
      `${MOZILLA} (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.79 Safari/537.36 WebAppManager`,
      'tv',
      'WebOS Browser',
      '',
      'WebOS',
      '',
    ],
    [
      `${MOZILLA} (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15`,
      'other',
      'Safari',
      '13.0',
      '',
      '',
    ],
    [
      `${MOZILLA} (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko`,
      'desktop',
      'Internet Explorer',
      '11.0',
      'Windows',
      '7',
    ],
    ['okhttp/4.12.0', '', '', '', '', ''],
    ['\u0000', '', '', '', '', ''],
    ['', '', '', '', '', ''],
  ])('%s', (agent, deviceType, browser, browserVersion, os, osVersion) => {
    expect(agentParts(agent)).toEqual({ deviceType, browser, browserVersion, os, osVersion });
  });
});

describe('bots', () => {
  test.each([
    [
      `${MOZILLA} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`,
      'search_engine:googlebot',
    ],
    [
      `${MOZILLA} (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)`,
      'search_engine:bingbot',
    ],
    [`${IPHONE} Version/13.1 Mobile/15E148 Safari/604.1 (Applebot/0.1)`, 'search_engine:applebot'],
    [`${MOZILLA} (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)`, 'seo:ahrefsbot'],
    [
      `${MOZILLA} AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.0; +https://openai.com/gptbot)`,
      'ai_crawler:gptbot',
    ],
    [
      'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
      'preview:facebookexternalhit',
    ],
    [
      `${MOZILLA} (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/124.0.0.0 Safari/537.36`,
      'headless:headlesschrome',
    ],
    ['curl/8.4.0', 'http_client:curl'],
    ['python-requests/2.31.0', 'http_client:python-requests'],
    ['Wget/1.21.3', 'http_client:wget'],
    [
      'UniversalFeedParser/4.2-pre-314-svn +http://feedparser.org/',
      'feed_reader:universalfeedparser',
    ],
    [`${WINDOWS} PTST/190101`, 'monitoring:ptst'],
    [`${MOZILLA} (Linux; Android 9; CUBOT_X18_Plus; Googlebot/2.1)`, 'search_engine:googlebot'],
    [`${MOZILLA} (compatible; unheard-of spider)`, 'pattern:spider'],
  ])('%s is one: %s', (agent, reason) => {
    expect(botVerdict(agent)).toEqual({ isBot: true, reason });
  });

  test.each([
    WINDOWS,
    `${IPHONE} GSA/312.0 Mobile/15E148 Safari/604.1`,
    `${MOZILLA} (Linux; Android 9; CUBOT_X18_Plus) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/91.0.4472.120 Mobile Safari/537.36`,
    `${MOZILLA} (Linux; Android 9;CUBOT) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/91.0.4472.120 Mobile Safari/537.36`,
    `${MOZILLA} (Linux; Android 8.1.0; BQ-5516L Build/O11019; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/81.0.4044.117 Mobile Safari/537.36 trill_2021509030 JsSdk/1.0 AppName/musical_ly`,
  ])('%s is none', (agent) => {
    expect(botVerdict(agent)).toEqual({ isBot: false, reason: '' });
  });

  test('reasons are few, however many agents there are', () => {
    const reasons = new Set<string>();
    for (let n = 0; n < 2000; n += 1)
      reasons.add(botVerdict(`tool-${n}/1.${n} (+http://x)`).reason);
    expect(reasons.size).toBeLessThan(5);
  });
});

test.each([
  ['utm_source=Google&utm_medium=CPC', { source: 'google', medium: 'cpc' }],
  ['a=b&utm_campaign=Spring%20Sale+2024', { campaign: 'spring sale 2024' }],
  ['utm_source=&utm_source=x&utm_source=y', { source: 'x' }],
  ['utm_content=caf%C3%A9&utm_term=%ff', { content: 'café', term: '%ff' }],
  ['utm_source=cafe%CC%81', { source: 'café' }],
  ['utm%5Fsource=x&utm_medium', { source: 'x' }],
  ['fbclid=1&gclid=2', { clickId: 'gclid' }],
  ['fbclid=1&gclid=', { clickId: 'fbclid' }],
  ['msclkid=1', { clickId: 'msclkid' }],
  ['id=1', {}],
  ['', {}],
])('the query %s carries %j', (query, expected) => {
  const none = { source: '', medium: '', campaign: '', content: '', term: '', clickId: '' };
  expect(campaignTags(query)).toEqual({ ...none, ...expected });
});

const countryOf = createCountryLookup();
test.each([
  ['8.8.8.8', 'US'],
  ['::ffff:8.8.8.8', 'US'],
  ['2001:4860:4860::8888', 'US'],
  ['10.0.0.1', ''],
  ['192.168.1.1', ''],
  ['127.0.0.1', ''],
  ['::1', ''],
  ['fe80::1', ''],
  ['172.16.0.1', ''],
  ['169.254.0.1', ''],
  ['100.64.0.1', ''],
  ['0.0.0.0', ''],
  ['255.255.255.255', ''],
  ['224.0.0.1', ''],
  ['192.0.2.1', ''],
  ['::ffff:192.168.1.1', ''],
  ['fd00::1', ''],
  ['2001:db8::1', ''],
  ['999.1.1.1', ''],
  ['not an address', ''],
  ['', ''],
])('the address %s is of country "%s"', (ip, country) => {
  expect(countryOf(ip)).toBe(country);
});

describe('a bounded memory', () => {
  test('computes each key once while it is asked for', () => {
    const computed: string[] = [];
    const memo = boundedMemo({
      size: 2,
      maxKeyLength: 5,
      compute: (key) => {
        computed.push(key);
        return `${key}!`;
      },
    });
    for (const key of ['a', 'b', 'a', 'c', 'a', 'd', 'a', 'e', 'a']) {
      expect(memo(key)).toBe(`${key}!`);
    }
    expect(computed).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(memo('b')).toBe('b!');
    expect(computed).toContain('b');
    expect(computed.filter((key) => key === 'b').length).toBe(2);
  });

  test('does not keep long keys', () => {
    let count = 0;
    const memo = boundedMemo({ size: 2, maxKeyLength: 5, compute: () => `${++count}` });
    expect([memo('long key'), memo('short'), memo('long key')]).toEqual(['1', '2', '3']);
  });
});

test('hostile user agents cost little', () => {
  const agents = ['a/', ' ', '(', 'Mozilla/5.0 ', '-1', '.com ', 'bot', ';'].map((part) =>
    part.repeat(100_000),
  );
  for (const agent of agents) {
    expect(agentParts(agent).deviceType).toBeDefined();
    expect(botVerdict(`${agent}!`).reason.length).toBeLessThan(100);
  }
});
