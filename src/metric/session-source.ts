import { TRAFFIC_COLUMNS } from '../channel/channel-sql.js';
import type { SessionColumn } from '../session/session-events.js';
import { LAST_RANK, RANK, sessionAggregate, sessionsSql } from '../session/sessions.js';
import type { UnusualDevices } from '../session/unusual-devices.js';
import { personSql } from '../visitor/person.js';
import { chooseTable } from './choose-table.js';
import { stored } from './condition-value.js';
import { dimensionByName, isOfPerson } from './dimension.js';
import { conjunction, fieldSql, filterSql, selectorSql, splitFilter } from './event-condition.js';
import { fieldsOf, type Plan, type StatementScope, sessionsOf } from './event-source.js';
import type { EventSelector } from './metric-query.js';

/** Facts about a session that a metric may ask for; each is computed only when asked. */
export type SessionFact =
  | 'person'
  | 'views'
  | 'interactions'
  | 'engaged_ms'
  | 'entry_page'
  | 'exit_page';

/** How each fact is read: columns per event, aggregates per session. */
interface FactSql {
  readonly columns: readonly SessionColumn[];
  readonly aggregates: readonly SessionColumn[];
}

const IS_PAGE_VIEW = `event_name = 'page_view'`;

const FACTS: Readonly<Record<SessionFact, FactSql>> = {
  person: {
    columns: [
      { name: 's_anonymous_id', sql: 'anonymous_id', part: 'first_event.anonymous_id' },
      { name: 's_user_id', sql: 'user_id', part: 'first_event.user_id' },
      { name: 's_rank', sql: RANK, part: 'first_event.rank' },
    ],
    aggregates: [
      { name: 's_first_anonymous_id', sql: 'argMin(s_anonymous_id, s_rank)' },
      { name: 's_first_user_id', sql: 'argMin(s_user_id, s_rank)' },
    ],
  },
  views: {
    columns: [{ name: 's_views', sql: 'toUInt64(is_view)', part: 'view_count' }],
    aggregates: [{ name: 'views', sql: 'sum(s_views)' }],
  },
  interactions: {
    columns: [
      { name: 's_interactions', sql: 'toUInt64(is_interaction)', part: 'interaction_count' },
    ],
    aggregates: [{ name: 'interactions', sql: 'sum(s_interactions)' }],
  },
  engaged_ms: {
    columns: [{ name: 's_engaged_ms', sql: 'toUInt64(engaged_ms)', part: 'engaged_sum' }],
    aggregates: [{ name: 'engaged_ms', sql: 'sum(s_engaged_ms)' }],
  },
  entry_page: {
    columns: [
      { name: 's_first_page', sql: `if(${IS_PAGE_VIEW}, page, '')`, part: 'first_page.page' },
      {
        name: 's_first_page_rank',
        sql: `if(${IS_PAGE_VIEW}, ${RANK}, ${LAST_RANK})`,
        part: 'first_page.rank',
      },
    ],
    aggregates: [
      { name: 'entry_page', sql: 'argMin(s_first_page, s_first_page_rank)' },
      { name: 'has_page', sql: `min(s_first_page_rank) != ${LAST_RANK}` },
    ],
  },
  exit_page: {
    columns: [
      { name: 's_last_page', sql: `if(${IS_PAGE_VIEW}, page, '')`, part: 'last_page.page' },
      {
        name: 's_last_page_rank',
        sql: `if(${IS_PAGE_VIEW}, ${RANK}, '')`,
        part: 'last_page.rank',
      },
    ],
    aggregates: [
      { name: 'exit_page', sql: 'argMax(s_last_page, s_last_page_rank)' },
      { name: 'has_page', sql: `max(s_last_page_rank) != ''` },
    ],
  },
};

/** Whether an event of a session fits a selector; parts know the names of their events. */
export function hasEventColumn(
  name: string,
  selector: EventSelector,
  scope: StatementScope,
): SessionColumn {
  const sql = selectorSql(selector, scope);
  if (selector.event === undefined || Object.keys(selector.where ?? {}).length > 0) {
    return { name, sql };
  }
  const event = scope.parameters.bind('String', stored('event_name', selector.event));
  return { name, sql, part: `mapContains(event_counts, ${event})` };
}

/** Whether a session counts as engaged: METRICS-SPEC §3. Needs the facts `views`, `interactions`. */
export const IS_ENGAGED = '(ended_ms - started_ms >= 10000 OR views >= 2 OR interactions >= 1)';

export interface SessionSource {
  /** `FROM (…)` with one row per session of the question, filter applied. */
  readonly from: string;
  /** Person of the session; only with the fact `person`. */
  readonly person: string;
  /** Label of the first breakdown dimension; only with `dimensions`. */
  readonly label: string;
  /** Labels of all of them. */
  readonly labels: readonly string[];
  /** What the sessions are made of parts by; left out where their events tell them. */
  readonly unusual?: UnusualDevices;
}

/**
 * The sessions a question counts: those that start in its range, whose entry event fits the
 * filter, and that hold an event of the question's selector, if it has one.
 */
export function sessionSource(
  plan: Plan,
  scope: StatementScope,
  facts: readonly SessionFact[],
  dimensions: string | readonly string[] = [],
  extra: {
    readonly columns: readonly SessionColumn[];
    readonly aggregates: readonly SessionColumn[];
  } = {
    columns: [],
    aggregates: [],
  },
): SessionSource {
  const { context, question } = plan;
  const names = typeof dimensions === 'string' ? [dimensions] : dimensions;
  const wanted = new Set<SessionFact>(facts);
  const { event } = question;
  const selected = event === undefined ? [] : [hasEventColumn('s_selected', event, scope)];
  const isOfParts = usesParts(plan, names, [...extra.columns, ...selected]);
  const made = isOfParts && plan.unusual !== undefined ? { unusual: plan.unusual } : {};
  // Rules of traffic are not cheap. Parts are hardly more than sessions, and one text for each is
  // brought together faster than all that it is computed from; events are many more.
  const isOfTraffic = (name: string): boolean =>
    !isOfParts && dimensionByName(name)?.isOfTraffic === true;
  const split = splitFilter(question.filter);
  // Judged on the session's row, where the raw columns of its entry event and the ids of its first
  // event stand: the person of that one is the session's.
  const isOfRow = (name: string): boolean => isOfTraffic(name) || isOfPerson(name);
  const ofEvent = split.ofEvent.filter((each) => !isOfRow(each.field));
  const ofSession = [...split.ofSession, ...split.ofEvent.filter((each) => isOfRow(each.field))];
  const rowFields = [...ofSession.map((each) => each.field), ...names];
  const needsTraffic = rowFields.some(isOfTraffic);
  const needsIds = wanted.has('person') || rowFields.some(isOfPerson);
  for (const name of [...question.filter.map((each) => each.field), ...names]) {
    if (name === 'entry_page' || name === 'exit_page') wanted.add(name);
  }
  const columns = new Map<string, SessionColumn>();
  const aggregates = new Map<string, SessionColumn>();
  const add = ({ columns: some, aggregates: others }: FactSql): void => {
    for (const each of some) columns.set(each.name, each);
    for (const each of others) aggregates.set(each.name, each);
  };
  for (const fact of wanted) add(FACTS[fact]);
  if (needsIds) add(FACTS.person);
  add(extra);
  if (needsTraffic) {
    const traffic = `(${TRAFFIC_COLUMNS.map((name) => `toString(${name})`).join(', ')})`;
    add({
      columns: [{ name: 's_traffic', sql: traffic, part: traffic }],
      aggregates: [{ name: 's_entry_traffic', sql: sessionAggregate.atEntry('s_traffic') }],
    });
  }
  const tests: string[] = [];
  if (ofEvent.length > 0) {
    const sql = filterSql(ofEvent, scope);
    add({
      columns: [{ name: 's_fits', sql, part: sql }],
      aggregates: [{ name: 'entry_fits', sql: sessionAggregate.atEntry('s_fits') }],
    });
    tests.push('entry_fits');
  }
  if (ofSession.length > 0) tests.push(filterSql(ofSession, scope));
  if (selected.length > 0) {
    add({
      columns: selected,
      aggregates: [{ name: 'has_selected', sql: 'max(s_selected)' }],
    });
    tests.push('has_selected');
  }
  const labels = names.map((name, index) => {
    const field = fieldSql(name, scope);
    if (field.needsSession || isOfRow(name)) return field.label;
    add({
      columns: [{ name: `s_value${index}`, sql: field.label, part: field.label }],
      aggregates: [
        { name: `entry_value${index}`, sql: sessionAggregate.atEntry(`s_value${index}`) },
      ],
    });
    return `entry_value${index}`;
  });
  const sessions = sessionsSql({
    ...made,
    ...sessionsOf(plan, scope),
    columns: [...columns.values()],
    aggregates: [...aggregates.values()],
  });
  const person = personSql({
    database: context.database,
    projectId: question.projectId,
    parameters: scope.parameters,
  });
  const unpacked = [
    ...(needsIds ? ['s_first_anonymous_id AS anonymous_id', 's_first_user_id AS user_id'] : []),
    ...(needsTraffic ? unpack('s_entry_traffic', TRAFFIC_COLUMNS) : []),
  ];
  const unpackedRows =
    unpacked.length === 0 ? sessions : `SELECT *, ${unpacked.join(', ')} FROM (${sessions})`;
  const links = wanted.has('person') ? `\n${person.join}` : '';
  const rows = `(${unpackedRows}) AS sessions${links}${scope.people.join(names)}`;
  return {
    from: `FROM ${rows}${tests.length === 0 ? '' : `\nWHERE ${conjunction(tests)}`}`,
    person: person.expression,
    label: labels[0] ?? `''`,
    labels,
    ...made,
  };
}

/** Whether sessions are made of parts, which the planner decides by what is asked of them. */
function usesParts(
  { context, question, range, unusual }: Plan,
  dimensions: readonly string[],
  columns: readonly SessionColumn[],
): boolean {
  const { breakdown: _breakdown, ...unlisted } = question;
  const isKnown =
    unusual !== undefined && unusual.fromMs <= range.fromMs && unusual.toMs >= range.toMs;
  const suffice = isKnown && columns.every((column) => column.part !== undefined);
  const table = chooseTable(
    {
      measure: suffice ? 'sessions' : 'events_of_sessions',
      cuts: [],
      fields: [...fieldsOf(unlisted), ...dimensions],
    },
    context.onlyTables,
  );
  return table === 'gold_session_parts';
}

function unpack(tuple: string, names: readonly string[]): readonly string[] {
  return names.map((name, index) => `${tuple}.${index + 1} AS ${name}`);
}
