import { oracleChannel } from '../oracle/oracle-channel.js';
import { distinct, oracleWorld, ranked } from '../oracle/oracle-metrics.js';
import { oracleRevenue } from '../oracle/oracle-people.js';
import { entryEvent, type OracleSession } from '../oracle/oracle-session.js';
import type { EventJson } from '../seed-events.js';
import type { OrderWorld } from './order-world.js';

/** Rules whose answer depends on order, if they are built wrongly. */
export const ORDER_RULES = [
  'session gap',
  'identity link',
  'order dedup',
  'first copy',
  'channel of session',
  'late event',
] as const;

export type OrderRule = (typeof ORDER_RULES)[number];

/**
 * Which rules decided something about a world: an answer of the oracle to the world's question is
 * another one when the rule is left out.
 */
export function decidedRules(world: OrderWorld): ReadonlySet<OrderRule> {
  const { events, question } = world;
  const oracle = oracleWorld(events, question);
  const counts = (its: typeof oracle): string =>
    JSON.stringify([
      its.counted.map(({ id, name, at, user, page, properties }) => [
        ...[id, name, at, user, page],
        properties,
      ]),
      its.started.length,
    ]);
  const sessionStarts = (its: typeof oracle): string =>
    JSON.stringify(its.started.map(({ start, events: members }) => [start, members.length]));
  const channels = (of: (session: OracleSession) => string): string =>
    JSON.stringify(ranked(oracle.started, of, (group) => group.length));
  const revenue = (its: typeof oracle): string => {
    const { net, orders, buyers } = oracleRevenue(its, () => true);
    return JSON.stringify([[...net], orders, buyers]);
  };

  const decided: Readonly<Record<OrderRule, boolean>> = {
    'session gap':
      sessionStarts(oracle) !==
      sessionStarts(oracleWorld(events, { ...question, timeoutSeconds: 1e9 })),
    'identity link':
      distinct(oracle.counted, oracle.personOf) !==
      distinct(oracle.counted, ({ user, device }) =>
        user === '' ? `device ${device}` : `user ${user}`,
      ),
    'order dedup':
      revenue(oracle) !==
      revenue({
        ...oracle,
        all: oracle.all.map((event) => ({
          ...event,
          properties: { ...event.properties, order_id: event.id },
        })),
      }),
    'first copy': counts(oracle) !== counts(oracleWorld(lastCopies(events), question)),
    'channel of session':
      channels((session) => oracleChannel(entryEvent(session), question.linkedDomains)) !==
      channels((session) =>
        oracleChannel(session.events.at(-1) ?? entryEvent(session), question.linkedDomains),
      ),
    'late event':
      counts(oracle) !==
      counts(
        oracleWorld(
          events.filter((event) => !isLate(event)),
          question,
        ),
      ),
  };
  return new Set(ORDER_RULES.filter((rule) => decided[rule]));
}

function lastCopies(events: readonly EventJson[]): readonly EventJson[] {
  return [...new Map(events.map((event) => [event.event_id, event])).values()];
}

/** More than a day late (METRICS-SPEC §1). */
function isLate({ timestamp, received_at }: EventJson): boolean {
  return Date.parse(received_at ?? timestamp) - Date.parse(timestamp) > 86_400_000;
}
