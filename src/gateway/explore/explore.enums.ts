import { registerEnumType } from 'type-graphql';
import type { ExploreMeasure as ExploreMeasureValue } from '../../explore/explore-query.js';

/** What is explored, as the API names it. */
export const ExploreOver = {
  EVENTS: 'events',
  SESSIONS: 'sessions',
} as const;

registerEnumType(ExploreOver, {
  name: 'ExploreOver',
  description: 'What the rows of an exploration are made of.',
  valuesConfig: {
    EVENTS: { description: 'Unique events of the range.' },
    SESSIONS: { description: 'Sessions that start in the range, with all their events.' },
  },
});

/** Numbers that can be explored, as the API names them. */
export const ExploreMeasure = {
  COUNT: 'count',
  PEOPLE: 'people',
  SUM: 'sum',
  AVERAGE: 'average',
  MINIMUM: 'minimum',
  MAXIMUM: 'maximum',
  MEDIAN: 'median',
  P75: 'p75',
  P90: 'p90',
  P95: 'p95',
  P99: 'p99',
  DISTINCT: 'distinct',
  VIEWS: 'views',
  VIEWS_PER_SESSION: 'views_per_session',
  AVERAGE_SECONDS: 'average_seconds',
  MEDIAN_SECONDS: 'median_seconds',
  P90_SECONDS: 'p90_seconds',
  ENGAGED_SECONDS_PER_SESSION: 'engaged_seconds_per_session',
  ENGAGED_SESSIONS: 'engaged_sessions',
  BOUNCE_RATE: 'bounce_rate',
  ENGAGEMENT_RATE: 'engagement_rate',
} as const satisfies Record<string, ExploreMeasureValue>;

const OF_PROPERTY = 'of the numbers of `property`; of events only. Null without any.';
const OF_SESSIONS = 'Of sessions only.';

registerEnumType(ExploreMeasure, {
  name: 'ExploreMeasure',
  description: 'A number of a row. Counts and sums over nothing are 0, everything else is null.',
  valuesConfig: {
    COUNT: { description: 'Events, or sessions.' },
    PEOPLE: { description: 'Distinct persons of them.' },
    SUM: { description: 'Sum of the numbers of `property`, in double precision; of events only.' },
    AVERAGE: { description: `Mean ${OF_PROPERTY}` },
    MINIMUM: { description: `Least ${OF_PROPERTY}` },
    MAXIMUM: { description: `Greatest ${OF_PROPERTY}` },
    MEDIAN: { description: `Median ${OF_PROPERTY}` },
    P75: { description: `75th percentile ${OF_PROPERTY}` },
    P90: { description: `90th percentile ${OF_PROPERTY}` },
    P95: { description: `95th percentile ${OF_PROPERTY}` },
    P99: { description: `99th percentile ${OF_PROPERTY}` },
    DISTINCT: { description: 'Different values of `property` that occur; of events only.' },
    VIEWS: { description: `Page and screen views. ${OF_SESSIONS}` },
    VIEWS_PER_SESSION: { description: `Views ÷ sessions. ${OF_SESSIONS}` },
    AVERAGE_SECONDS: { description: `Mean duration in seconds. ${OF_SESSIONS}` },
    MEDIAN_SECONDS: { description: `Median duration in seconds. ${OF_SESSIONS}` },
    P90_SECONDS: { description: `90th percentile of the duration in seconds. ${OF_SESSIONS}` },
    ENGAGED_SECONDS_PER_SESSION: {
      description: `Engagement time ÷ sessions, in seconds. ${OF_SESSIONS}`,
    },
    ENGAGED_SESSIONS: {
      description: `Sessions of 10 seconds, two views or an interaction. ${OF_SESSIONS}`,
    },
    BOUNCE_RATE: {
      description: `Sessions with a view that are not engaged ÷ sessions with a view, 0–100. ${OF_SESSIONS}`,
    },
    ENGAGEMENT_RATE: { description: `100 less the bounce rate. ${OF_SESSIONS}` },
  },
});
