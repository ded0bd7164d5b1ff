import { queryableUntil } from '../metric/as-of.js';
import type { BoundParameters } from '../metric/bound-parameters.js';
import { inProject } from '../metric/project-condition.js';

/** Names a person in a statement over events. */
export interface PersonSql {
  /**
   * Goes behind `FROM <events>`: joins the first account each device was linked to. Needs the
   * columns `anonymous_id` and `user_id` on the left and adds `link_device` and `link_user`.
   */
  readonly join: string;
  /**
   * The person as text: `u` + user id, or `d` + device id, so that equal texts of the two name
   * spaces stay apart.
   */
  readonly expression: string;
}

/**
 * The person of an event (METRICS-SPEC §1, Identity): its user id; else the user its device was
 * first linked to, whenever that happened; else the device. Resolved when the question is asked,
 * so that a login changes history without rewriting it.
 *
 * @param events Alias or table that holds `anonymous_id` and `user_id`; may be left out where the
 *   names are unambiguous.
 */
export function personSql(input: {
  readonly database: string;
  readonly projectId: string;
  readonly parameters: BoundParameters;
  readonly events?: string;
  /** Leaves out links made by events that were not queryable at this moment, ms since 1970 UTC. */
  readonly asOfMs?: number;
}): PersonSql {
  const prefix = input.events === undefined ? '' : `${input.events}.`;
  // Behind a left join, an event without a link has the empty text; so has an event without a
  // device, because no link has an empty device.
  return {
    join: `LEFT ANY JOIN (
  SELECT anonymous_id AS link_device, tupleElement(min(first_link), 3) AS link_user
  FROM ${linksSql(input)}
  GROUP BY anonymous_id
) AS links ON ${prefix}anonymous_id = links.link_device`,
    expression: `multiIf(${prefix}user_id != '', concat('u', ${prefix}user_id), link_user != '', concat('u', link_user), concat('d', ${prefix}anonymous_id))`,
  };
}

/**
 * The same persons as numbers of 128 bits, for statements that only tell them apart: devices are hashed
 * once and joined as numbers, and no texts are put together. The engine knows distinct texts by such
 * hashes as well.
 */
export function personNumberSql(input: {
  readonly database: string;
  readonly projectId: string;
  readonly parameters: BoundParameters;
}): PersonSql {
  const hash = (text: string): string => `reinterpretAsUInt128(sipHash128(${text}))`;
  const device = hash(`'d', anonymous_id`);
  return {
    join: `LEFT ANY JOIN (
  SELECT ${device} AS link_device, ${hash(`'u', tupleElement(min(first_link), 3)`)} AS link_user
  FROM ${linksSql(input)}
  GROUP BY anonymous_id
) AS links ON ${device} = links.link_device`,
    expression: `multiIf(user_id != '', ${hash(`'u', user_id`)}, link_user != 0, link_user, ${device})`,
  };
}

/** `table WHERE …` or a subquery with `anonymous_id` and `first_link`. */
function linksSql({
  database,
  projectId,
  parameters,
  asOfMs,
}: Omit<Parameters<typeof personSql>[0], 'events'>): string {
  const project = inProject(parameters, projectId);
  const stored = `${database}.silver_identity_links\n  WHERE ${project}`;
  if (asOfMs === undefined) return stored;
  // Only devices that got a link since then may have another first one; theirs is found again.
  const links = `${database}.silver_events WHERE ${project} AND user_id != '' AND anonymous_id != ''`;
  const known = queryableUntil(parameters, asOfMs);
  const changed = `SELECT anonymous_id FROM ${links} AND NOT (${known})`;
  return `(
    SELECT anonymous_id, first_link
    FROM ${stored} AND anonymous_id NOT IN (${changed})
    UNION ALL
    SELECT anonymous_id, (occurred_at, event_id, user_id) AS first_link
    FROM ${links} AND ${known} AND anonymous_id IN (${changed})
  )`;
}
