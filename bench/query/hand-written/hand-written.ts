import { OF_BEHAVIOUR } from './behaviour.js';
import { OF_EVENTS } from './events.js';
import { OF_JOURNEYS } from './journeys.js';
import type { Peer } from './peer.js';
import { PEOPLE } from './people.js';
import { OF_SESSIONS } from './sessions.js';

/** Statements of somebody trying to win, by the name of the question. */
export const HAND_WRITTEN: Readonly<Record<string, Peer>> = {
  ...PEOPLE,
  ...OF_EVENTS,
  ...OF_SESSIONS,
  ...OF_BEHAVIOUR,
  ...OF_JOURNEYS,
};
