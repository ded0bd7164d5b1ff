import { type ParsedResult, parse } from 'bowser';

/** What a user agent says about device, browser and operating system; empty = not known. */
export interface AgentParts {
  /** `desktop`, `mobile`, `tablet`, `tv`, `other` (consoles, watches, crawlers) or empty. */
  readonly deviceType: string;
  readonly browser: string;
  /** First two numbers: `124.0`. */
  readonly browserVersion: string;
  readonly os: string;
  /** First two numbers: `17.4`; for Windows the marketing name: `10`, `XP`. */
  readonly osVersion: string;
}

/** Device types an SDK may name. */
export const DEVICE_TYPES: ReadonlySet<string> = new Set([
  'desktop',
  'mobile',
  'tablet',
  'tv',
  'other',
]);

/** Characters of a user agent that are looked at; real ones stay below 500. */
export const MAX_AGENT_LENGTH = 1024;

/** Names people know, where the parser's differ. */
const BROWSER_NAMES: Readonly<Record<string, string>> = {
  'Microsoft Edge': 'Edge',
  'Samsung Internet for Android': 'Samsung Internet',
  'Google Search': 'Google App',
};
const OTHER_DEVICE = /playstation|xbox|nintendo|watch ?os|apple ?watch/i;
const NO_PARTS: AgentParts = {
  deviceType: '',
  browser: '',
  browserVersion: '',
  os: '',
  osVersion: '',
};

/** Reads a user agent. Never throws; what is not recognised is empty. */
export function agentParts(userAgent: string): AgentParts {
  const agent = userAgent.slice(0, MAX_AGENT_LENGTH).trim();
  if (agent === '') return NO_PARTS;
  const { browser, os, platform } = parse(agent);
  const browserName = browser.name ?? '';
  return {
    deviceType: deviceTypeOf(agent, platform, os),
    browser: BROWSER_NAMES[browserName] ?? browserName,
    browserVersion: shortVersion(browser.version),
    os: os.name ?? '',
    osVersion: os.name === 'Windows' ? (os.versionName ?? '') : shortVersion(os.version),
  };
}

function deviceTypeOf(
  agent: string,
  platform: ParsedResult['platform'],
  os: ParsedResult['os'],
): string {
  if (OTHER_DEVICE.test(agent)) return 'other';
  const type = platform.type ?? '';
  if (type === '') return os.name === 'Chrome OS' ? 'desktop' : '';
  return DEVICE_TYPES.has(type) ? type : 'other';
}

function shortVersion(version: string | undefined): string {
  return /^\d+(?:\.\d+)?/.exec(version ?? '')?.[0] ?? '';
}
