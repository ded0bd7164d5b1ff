import type { BoundParameters } from '../metric/bound-parameters.js';
import { inProject } from '../metric/project-condition.js';
import { personSql } from '../visitor/person.js';

/**
 * The id an event carries of its person: `u` + account, else `d` + device. The person of a device
 * that was linked is an account, so that one person may have many ids.
 */
export const PERSON_ID = `if(user_id != '', concat('u', user_id), concat('d', anonymous_id))`;

/** Something to be told of each person: an expression per row, merged over the rows of a person. */
export interface PersonFact {
  readonly name: string;
  /** Aggregate over the rows of `silver_events` (or of properties) of one account and device. */
  readonly ofEvents: string;
  readonly ofProperties: string;
  /** What rows without it say, of the same type. */
  readonly nothing: string;
  /** Merges the values of a person's accounts and devices. */
  readonly merged: string;
}

export interface PersonFactsInput {
  readonly database: string;
  readonly projectId: string;
  readonly parameters: BoundParameters;
  readonly facts: readonly PersonFact[];
  /** Which events are read, which properties; null: none. */
  readonly events: string | null;
  readonly properties: string | null;
  /** Placeholders of user ids that are told of whether anything is known of them or not. */
  readonly users?: readonly string[];
}

/**
 * A SELECT with one row per person of whom anything is known: `person`, `person_ids` (every id that
 * is this person, see {@link PERSON_ID}) and the facts. Devices that were linked to an account are
 * among the ids, whatever they did.
 */
export function personFactsSql(input: PersonFactsInput): string {
  const { database, facts, parameters, users = [] } = input;
  const project = inProject(parameters, input.projectId);
  const person = personSql({ database, projectId: input.projectId, parameters });
  const columns = (of: (fact: PersonFact) => string): string =>
    facts.map((fact) => `, ${of(fact)} AS ${fact.name}`).join('');
  const rows = [
    `SELECT anonymous_id, ''::String AS user_id${columns((fact) => fact.nothing)}
  FROM ${database}.silver_identity_links WHERE ${project} GROUP BY anonymous_id`,
    ...users.map(
      (user) => `SELECT ''::String, ${user} AS user_id${columns((fact) => fact.nothing)}`,
    ),
    ...(input.events === null
      ? []
      : [
          `SELECT anonymous_id, user_id${columns((fact) => fact.ofEvents)}
  FROM ${database}.silver_events WHERE ${project} AND (${input.events}) GROUP BY anonymous_id, user_id`,
        ]),
    ...(input.properties === null
      ? []
      : [
          `SELECT anonymous_id, user_id${columns((fact) => fact.ofProperties)}
  FROM ${database}.silver_person_properties WHERE ${project} AND (${input.properties}) GROUP BY anonymous_id, user_id`,
        ]),
  ];
  return `SELECT ${person.expression} AS person, arrayPushBack(groupUniqArray(${PERSON_ID}), person) AS person_ids${columns((fact) => fact.merged)}
FROM (
  ${rows.join('\n  UNION ALL\n  ')}
) AS known
${person.join}
GROUP BY person`;
}

/** The newest value of a property, as a fact whose merged value is JSON text, empty when absent. */
export function propertyFact(
  name: string,
  property: string,
  parameters: BoundParameters,
): PersonFact {
  const nothing = `(toDateTime64(0, 3, 'UTC'), '', '')`;
  return {
    name,
    ofEvents: nothing,
    ofProperties: `maxIf(latest, property = ${parameters.bind('String', property)})`,
    nothing,
    merged: `tupleElement(max(known.${name}), 3)`,
  };
}
