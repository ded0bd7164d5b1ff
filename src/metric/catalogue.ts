import { BOUNCE_RATE } from './bounce-rate.js';
import { EVENT_RATE } from './event-rate.js';
import { EVENT_VOLUME } from './event-volume.js';
import type { MetricDefinition } from './metric.js';
import { PAGE_VIEWS } from './page-views.js';
import { SESSION_DURATION } from './session-duration.js';
import { SESSIONS } from './sessions.js';
import { TOP } from './top.js';
import { UNIQUE_USERS } from './unique-users.js';

/** Every metric that can be asked for. Descriptions in the schema and the docs are made of it. */
export const CATALOGUE: readonly MetricDefinition[] = [
  EVENT_VOLUME,
  EVENT_RATE,
  UNIQUE_USERS,
  PAGE_VIEWS,
  SESSIONS,
  SESSION_DURATION,
  BOUNCE_RATE,
  TOP,
];

/** Finds a metric by id. */
export function metricById(id: string): MetricDefinition | undefined {
  return CATALOGUE.find((metric) => metric.id === id);
}
