import type { DimensionScope, PeopleScope } from '../metric/dimension.js';
import { PERSON_PREFIX } from '../metric/dimension.js';
import {
  conjunction,
  filterSql,
  personProperty,
  propertyTestSql,
  selectorSql,
} from '../metric/event-condition.js';
import { dateOfDayNumber } from '../metric/local-date.js';
import type { Cohort, CohortBehaviour, CohortUser, TimeRange } from '../metric/metric-query.js';
import { localDay, resolveRange } from '../metric/time-range.js';
import { createZoneClock } from '../metric/zone-offsets.js';
import {
  PERSON_ID,
  type PersonFact,
  type PersonFactsInput,
  personFactsSql,
  propertyFact,
} from './person-facts.js';
import { type CohortPart, cohortParts } from './validate-cohort.js';

export interface PeopleQuestion {
  readonly database: string;
  readonly projectId: string;
  readonly includeBots: boolean;
  /** Zone in which days of cohorts are cut. */
  readonly timeZone: string;
  /** The moment of the answer, ms since 1970 UTC. */
  readonly nowMs: number;
}

/**
 * What may be asked of people in one statement. Tests of the person are sets of ids, built before
 * rows are read, so that they hold wherever `anonymous_id` and `user_id` are columns: in events,
 * sessions, rollups of people, timelines. Values take a join, which the reader places.
 */
export function peopleScope(
  question: PeopleQuestion,
  scope: Omit<DimensionScope, 'people'>,
): PeopleScope {
  const { parameters } = scope;
  const from = { database: question.database, projectId: question.projectId, parameters };
  // An equal name binds to an equal placeholder, so that the join and its readers agree.
  const alias = (property: string): string =>
    `person_${/\w+/.exec(parameters.bind('String', property))?.[0] ?? ''}`;
  const people: PeopleScope = {
    belongs: (cohort) => belongsSql(cohort, question, from, { ...scope, people }),
    property: (name) => `${alias(name)}.value`,
    join: (names) =>
      [...new Set(names.filter((name) => name.startsWith(PERSON_PREFIX)).map(personProperty))]
        .map((name) => `\n${valueJoin(alias(name), name, from)}`)
        .join(''),
  };
  return people;
}

type From = Pick<PersonFactsInput, 'database' | 'projectId' | 'parameters'>;

function valueJoin(alias: string, property: string, from: From): string {
  const facts = personFactsSql({
    ...from,
    facts: [propertyFact('value', property, from.parameters)],
    events: null,
    properties: `property = ${from.parameters.bind('String', property)}`,
  });
  return `LEFT ANY JOIN (SELECT arrayJoin(person_ids) AS id, value FROM (${facts}) WHERE value != '') AS ${alias} ON ${PERSON_ID} = ${alias}.id`;
}

/**
 * Persons of whom nothing is known are in no set, yet may belong ("never did B"). So the set holds
 * those who are told apart from them, and the verdict on nobody turns the answer around.
 */
function belongsSql(
  cohort: Cohort,
  question: PeopleQuestion,
  from: From,
  scope: DimensionScope,
): string {
  const parts = cohortParts(cohort);
  const tests = parts.map((part, index) => partTest(part, `fact_${index}`, question, scope));
  const verdict = (of: (test: PartTest) => string): string =>
    verdictSql(cohort, new Map(parts.map((part, index) => [part, of(tests[index] as PartTest)])));
  const facts = personFactsSql({
    ...from,
    facts: tests.map((test) => test.fact),
    events: anyOf(tests.flatMap((test) => test.events ?? [])),
    properties: anyOf(tests.flatMap((test) => test.properties ?? [])),
    users: [...new Set(tests.flatMap((test) => test.user ?? []))],
  });
  const ofNobody = verdict((test) => test.ofNobody);
  const apart = `SELECT arrayJoin(person_ids) FROM (${facts}) WHERE (${verdict((test) => test.holds)}) != (${ofNobody})`;
  return `((${PERSON_ID} IN (${apart})) != (${ofNobody}))`;
}

function anyOf(conditions: readonly string[]): string | null {
  return conditions.length === 0 ? null : [...new Set(conditions)].join(' OR ');
}

/** One part of a cohort: what has to be known of a person, and what decides. */
interface PartTest {
  readonly fact: PersonFact;
  readonly holds: string;
  /** The same of a person of whom nothing is known. */
  readonly ofNobody: string;
  /** Rows that have to be read. */
  readonly events?: string;
  readonly properties?: string;
  /** Placeholder of a user id that has to be there. */
  readonly user?: string;
}

function partTest(
  part: CohortPart,
  name: string,
  question: PeopleQuestion,
  scope: DimensionScope,
): PartTest {
  if (part.kind === 'did') return behaviourTest(part, name, question, scope);
  if (part.kind === 'user') return userTest(part, name, scope);
  const property = personProperty(part.condition.field);
  return {
    fact: propertyFact(name, property, scope.parameters),
    holds: propertyTestSql(part.condition, name, scope),
    ofNobody: propertyTestSql(part.condition, `''`, scope),
    properties: `property = ${scope.parameters.bind('String', property)}`,
  };
}

function userTest({ userId }: CohortUser, name: string, { parameters }: DimensionScope): PartTest {
  const user = parameters.bind('String', userId);
  // The person tells it already; a fact of every part keeps them in step.
  const nothing = 'toUInt8(0)';
  return {
    fact: { name, ofEvents: nothing, ofProperties: nothing, nothing, merged: `max(known.${name})` },
    holds: `person = concat('u', ${user})`,
    ofNobody: 'false',
    user,
  };
}

function behaviourTest(
  { event, filter, atLeast, atMost, period }: CohortBehaviour,
  name: string,
  question: PeopleQuestion,
  scope: DimensionScope,
): PartTest {
  const count = (value: number): string => scope.parameters.bind('Int64', value);
  const fits = conjunction([
    ...(question.includeBots ? [] : ['NOT is_bot']),
    ...(period === undefined ? [] : [periodSql(period, question, scope)]),
    selectorSql(event, scope),
    filterSql(filter, scope),
  ]);
  const within = (times: string): string =>
    `${times} >= ${count(atLeast)}${atMost === undefined ? '' : ` AND ${times} <= ${count(atMost)}`}`;
  const nothing = 'toUInt64(0)';
  return {
    fact: {
      name,
      ofEvents: `countIf(${fits})`,
      ofProperties: nothing,
      nothing,
      merged: `sum(known.${name})`,
    },
    holds: within(name),
    ofNobody: within(nothing),
    events: `(${fits})`,
  };
}

function periodSql(
  period: { readonly lastDays: number } | TimeRange,
  { timeZone, nowMs }: PeopleQuestion,
  { parameters }: DimensionScope,
): string {
  const today = localDay(createZoneClock(timeZone), nowMs);
  const { fromMs, toMs } = resolveRange(
    'lastDays' in period
      ? {
          kind: 'dates',
          from: dateOfDayNumber(today - period.lastDays + 1),
          to: dateOfDayNumber(today),
        }
      : period,
    timeZone,
  );
  const at = (ms: number): string =>
    `fromUnixTimestamp64Milli(${parameters.bind('Int64', ms)}, 'UTC')`;
  return `occurred_at >= ${at(fromMs)} AND occurred_at < ${at(toMs)}`;
}

function verdictSql(cohort: Cohort, tests: ReadonlyMap<Cohort, string>): string {
  if (cohort.kind === 'not') return `NOT (${verdictSql(cohort.cohort, tests)})`;
  if (cohort.kind === 'all' || cohort.kind === 'any') {
    return cohort.cohorts
      .map((each) => `(${verdictSql(each, tests)})`)
      .join(cohort.kind === 'all' ? ' AND ' : ' OR ');
  }
  return tests.get(cohort) ?? 'false';
}
