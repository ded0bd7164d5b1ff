import { expect } from 'expect';
import { computeExperiment } from '../../../src/experiment/compute-experiment.js';
import type { OracleEvent } from './oracle-event.js';
import type { AnswerCheck, WorldCase } from './worlds.js';

/** The experiment that worlds with exposures tell of. */
export const EXPERIMENT = { experiment: 'checkout', control: 'control' };

const GOALS = ['click', 'purchase', 'page_view'];

function byPerson(it: WorldCase): readonly (readonly OracleEvent[])[] {
  const { all, inRange, personOf } = it.oracle;
  const people = new Map<string, OracleEvent[]>();
  for (const event of all) {
    if (!inRange(event.at)) continue;
    const own = people.get(personOf(event)) ?? [];
    own.push(event);
    people.set(personOf(event), own);
  }
  return [...people.values()];
}

/** METRICS-SPEC §10: who met a single variant, and who of them reached each goal from then on. */
function wanted(it: WorldCase) {
  const variants = new Map<string, { users: number; conversions: number[] }>();
  let multiVariantUsers = 0;
  for (const events of byPerson(it)) {
    const exposures = events.filter(
      ({ name, properties }) =>
        name === 'experiment_exposure' && properties.experiment === EXPERIMENT.experiment,
    );
    const met = new Set(exposures.map(({ properties }) => String(properties.variant)));
    const [first] = exposures;
    if (first === undefined) continue;
    if (met.size > 1) {
      multiVariantUsers += 1;
      continue;
    }
    const variant = String(first.properties.variant);
    const counts = variants.get(variant) ?? { users: 0, conversions: GOALS.map(() => 0) };
    counts.users += 1;
    counts.conversions = GOALS.map((goal, i) => {
      const reached = events.some(({ name, at }) => name === goal && at >= first.at);
      return (counts.conversions[i] ?? 0) + (reached ? 1 : 0);
    });
    variants.set(variant, counts);
  }
  const sorted = [...variants].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    multiVariantUsers,
    goals: GOALS.map((_, i) =>
      sorted.map(([variant, { users, conversions }]) => ({
        variant,
        users,
        conversions: conversions[i],
      })),
    ),
  };
}

async function checkExperiment(it: WorldCase): Promise<void> {
  const { event: _, ...asked } = it.asked;
  const { multiVariantUsers, goals } = await computeExperiment(it.context, {
    ...asked,
    ...EXPERIMENT,
    filter: [],
    goals: GOALS.map((event) => ({ event })),
    isDaily: false,
  });
  const counts = goals.map(({ variants }) =>
    variants
      .filter(({ users }) => users > 0)
      .map(({ variant, users, conversions }) => ({ variant, users, conversions })),
  );
  expect({ multiVariantUsers, goals: counts }).toEqual(wanted(it));
}

/** Variants, their people and conversions: what an answer must be by the oracle. */
export const EXPERIMENT_CHECKS: readonly AnswerCheck[] = [
  {
    name: 'people of each variant of an experiment, and their conversions',
    metrics: ['experiment'],
    check: checkExperiment,
  },
];
