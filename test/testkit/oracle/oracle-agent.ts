import { holds } from './oracle-rules.js';

/** A user agent of the worlds, and what it is by hand. */
export interface OracleAgent {
  readonly text: string;
  readonly isBot: boolean;
  readonly isSearchEngine: boolean;
  /** What it says of the device; empty where it says nothing. */
  readonly device: string;
}

export const AGENTS: readonly OracleAgent[] = [
  {
    text: 'Mozilla/5.0 (compatible; Googlebot/2.1)',
    isBot: true,
    isSearchEngine: true,
    device: 'other',
  },
  {
    text: 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    isBot: true,
    isSearchEngine: true,
    device: 'other',
  },
  {
    text: 'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
    isBot: true,
    isSearchEngine: false,
    device: '',
  },
  { text: 'curl/8.4.0', isBot: true, isSearchEngine: false, device: '' },
  {
    text: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
    isBot: false,
    isSearchEngine: false,
    device: 'desktop',
  },
  {
    text: 'Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.4844.73 Mobile Safari/537.36',
    isBot: false,
    isSearchEngine: false,
    device: 'mobile',
  },
];

const NO_AGENT: OracleAgent = { text: '', isBot: false, isSearchEngine: false, device: '' };

/** What is known of an agent. */
export function agentOf(text: string): OracleAgent {
  if (text === '') return NO_AGENT;
  const agent = AGENTS.find((each) => each.text === text);
  if (agent === undefined) throw new Error(`the oracle does not know the agent ${text}`);
  return agent;
}

/** Whether an event of a platform with an agent is a bot's. */
export function isBotEvent(platform: string, text: string): boolean {
  if (platform !== 'web' && holds('mobile agents are not judged')) return false;
  if (text === '') return !holds('no agent is no bot');
  const { isBot } = agentOf(text);
  return isBot || (!holds('device names are no bots') && /bot/i.test(text));
}
