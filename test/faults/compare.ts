import { CATALOGUE } from '../../src/metric/catalogue.js';
import { statement } from '../../src/warehouse/statement.js';
import type { Warehouse } from '../../src/warehouse/warehouse.js';
import { BEHAVIOUR_CHECKS } from '../testkit/oracle/check-behaviour.js';
import { EVENT_CHECKS } from '../testkit/oracle/check-events.js';
import { EXPERIMENT_CHECKS } from '../testkit/oracle/check-experiment.js';
import { EXPLORE_CHECKS } from '../testkit/oracle/check-explore.js';
import { JOURNEY_CHECKS } from '../testkit/oracle/check-journeys.js';
import { PEOPLE_CHECKS } from '../testkit/oracle/check-people.js';
import { PERFORMANCE_CHECKS } from '../testkit/oracle/check-performance.js';
import { RATE_CHECKS } from '../testkit/oracle/check-rates.js';
import { RETENTION_CHECKS } from '../testkit/oracle/check-retention.js';
import { TRUST_CHECKS } from '../testkit/oracle/check-trust.js';
import { type AnswerCheck, worldCase } from '../testkit/oracle/worlds.js';
import type { EventJson } from '../testkit/seed-events.js';
import type { FaultProject } from './stream.js';

export interface CompareOptions {
  readonly warehouse: Warehouse;
  readonly database: string;
  readonly projects: readonly FaultProject[];
  /** First copies that were acknowledged, by project. */
  readonly acknowledged: ReadonlyMap<string, readonly EventJson[]>;
  readonly print: (line: string) => void;
}

const CHECKS = [
  ...EVENT_CHECKS,
  ...PEOPLE_CHECKS,
  ...RATE_CHECKS,
  ...RETENTION_CHECKS,
  ...TRUST_CHECKS,
  ...PERFORMANCE_CHECKS,
  ...BEHAVIOUR_CHECKS,
  ...EXPERIMENT_CHECKS,
  ...EXPLORE_CHECKS,
  ...JOURNEY_CHECKS,
];

/** Their oracle takes many seconds for a project of this size, so they are asked of the first few alone. */
const SLOW_METRICS = new Set(['funnel', ...JOURNEY_CHECKS.flatMap(({ metrics }) => metrics)]);
const SLOW_PROJECTS = 4;

/** The lag is a figure of the log, and a run waits until it is 0. */
const NOT_COMPARED = ['consumer_lag'];

/**
 * Compares what is stored with what was acknowledged: the ids one by one, then every metric of the
 * catalogue with the oracle of the metrics, project by project.
 *
 * @returns What differs, a line each; empty when all is equal.
 */
export async function compareWithTruth({
  warehouse,
  database,
  projects,
  acknowledged,
  print,
}: CompareOptions): Promise<readonly string[]> {
  const problems: string[] = [];
  const unchecked = CATALOGUE.filter(
    ({ id }) => !NOT_COMPARED.includes(id) && !CHECKS.some((check) => check.metrics.includes(id)),
  );
  for (const { id } of unchecked) problems.push(`metric ${id}: no check compares it`);

  let missing = 0;
  let surplus = 0;
  for (const { projectId } of projects) {
    const wanted = new Set((acknowledged.get(projectId) ?? []).map((event) => event.event_id));
    const { rows } = await warehouse.query(
      statement<{ event_id: string; copies: number }>(
        'faults.ids',
        `SELECT event_id, toFloat64(count()) AS copies FROM ${database}.silver_events
         WHERE project_id = {project:String} GROUP BY event_id`,
        { project: projectId },
      ),
    );
    const found = new Map(rows.map((row) => [row.event_id, row.copies]));
    const lost = [...wanted].filter((id) => !found.has(id));
    const twice = [...found].filter(([id, copies]) => copies > 1 || !wanted.has(id));
    missing += lost.length;
    surplus += twice.length;
    if (lost.length > 0) problems.push(`${projectId}: missing ${lost.slice(0, 5).join(', ')}`);
    if (twice.length > 0) {
      problems.push(
        `${projectId}: too often ${twice
          .slice(0, 5)
          .map(([id]) => id)
          .join(', ')}`,
      );
    }
  }
  const total = [...acknowledged.values()].reduce((sum, { length }) => sum + length, 0);
  print(`ids: ${total} acknowledged, ${missing} missing, ${surplus} too often or unknown`);

  const cases = projects.map((project) =>
    worldCase({
      world: { ...project, events: acknowledged.get(project.projectId) ?? [], refused: [] },
      name: project.projectId,
      kit: { warehouse, database },
    }),
  );
  const compare = async ({ name, check }: AnswerCheck, some: typeof cases): Promise<void> => {
    let equal = 0;
    const startedAt = Date.now();
    for (const it of some) {
      try {
        await check(it);
        equal += 1;
      } catch (error) {
        const reason = error instanceof Error ? error.message.slice(0, 1_500) : String(error);
        problems.push(`${it.name}: ${name}: ${reason}`);
        print(`${it.name}: ${name}: ${reason}`);
      }
    }
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    print(`${name}: equal in ${equal} of ${some.length} projects (${seconds} s)`);
  };
  for (const check of CHECKS) {
    const isSlow = check.metrics.some((id) => SLOW_METRICS.has(id));
    await compare(check, isSlow ? cases.slice(0, SLOW_PROJECTS) : cases);
  }
  return problems;
}
