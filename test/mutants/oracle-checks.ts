import type { Mutant } from './mutants.js';

/**
 * Checks against the oracle that notice a rule switched off, by their titles. Each is asked of few
 * worlds, which is enough for most rules; a rule that few worlds speak of asks for more of them.
 */

const MORE = 'test/integration/metric-oracle-more.test.ts';
const BEHAVIOUR = 'test/integration/metric-oracle-behaviour.test.ts';

function check(name: string, file = 'test/integration/metric-oracle.test.ts'): Mutant['test'] {
  return { file, name, worlds: 40 };
}

/** The same check of more worlds. */
export function of(worlds: number, test: Mutant['test']): Mutant['test'] {
  return { ...test, worlds };
}

export const VOLUME = check('event volume, its series and its breakdown');
export const USERS = check('unique users, their series, breakdown and shares');
export const PAGES = check('page views, unique ones, their series and pages');
export const SESSIONS = check('sessions, their users, views, series and breakdown');
export const DURATION = check('session duration');
export const BOUNCES = check('bounce rate, also by entry page');

export const ACTIVE = check('active users by rolling windows', MORE);
export const HISTOGRAM = check('the stickiness histogram by day, week and month', MORE);
export const NEW_RETURNING = check('new and returning users, from bitmaps and from events', MORE);
export const CONVERSION = check('conversion of users and sessions', MORE);
export const REVENUE = check('revenue per currency, orders, buyers and averages', MORE);
export const ENGAGEMENT = check('engagement time per session and per page', MORE);
export const ENTRY_EXIT = check('entries, exits and exit rates', MORE);
export const CHANNELS = check('channel and source of every event', MORE);
export const TOP = check('top lists of events and of visits', MORE);
export const RETENTION = check(
  'retention of both types and modes, with brackets and unfinished cells',
  MORE,
);
export const LIFECYCLE = check(
  'lifecycle by day, week and month, from bitmaps and from events',
  MORE,
);
export const ADOPTION = check('adoption of a feature, in all and by value', MORE);
export const BOTS = check('bot share of web events', MORE);
export const QUALITY = check(
  'data quality: what was received, unique, complete and late, and the score',
  MORE,
);
export const LATENCY = check('ingestion latency of every unique event', MORE);

export const CRASH_FREE = check('crash-free sessions and users, by version', BEHAVIOUR);
export const CRASH_GROUPS = check('crash groups with a sample', BEHAVIOUR);
export const APP = check('app starts by type, and requests', BEHAVIOUR);
export const PAGE_LOAD = check('page load, by page', BEHAVIOUR);
export const VITALS = check('web vitals, also of one page', BEHAVIOUR);
export const SCREENS = check('screen views and their people', BEHAVIOUR);
export const HEATMAP = check('heatmaps of two pages', BEHAVIOUR);
export const RAGE = check('rage clicks by page', BEHAVIOUR);
export const SCROLL = check('scroll depth by page', BEHAVIOUR);
export const FORMS = check('forms, all and one', BEHAVIOUR);
export const VIDEO = check('video plays by page', BEHAVIOUR);
export const LANDING = check('landing pages with their money, and crawl hits', BEHAVIOUR);
