import type { AttributionModel, CountedPath, ModelCredits, Touch } from './attribution-query.js';
import { type DataDrivenCredits, markovCredits, shapleyCredits } from './data-driven-credits.js';
import { ruleCredits } from './rule-credits.js';

/** Conversions with the same touches and the same currency. */
export interface CountedGoals {
  readonly touches: readonly Touch[];
  readonly count: number;
  /** Empty where they have no value. */
  readonly currency: string;
  readonly amount: number;
  /** Weights of `time_decay`, and these times the amount, summed over the conversions. */
  readonly decays: readonly number[];
  readonly decayAmounts: readonly number[];
}

/** What a model makes of conversions with touches, and of the paths they and the others went. */
export function modelCredits(
  model: AttributionModel,
  goals: readonly CountedGoals[],
  paths: readonly CountedPath[],
): ModelCredits {
  if (model === 'markov') return dataDriven(model, markovCredits(paths));
  if (model === 'shapley') return dataDriven(model, shapleyCredits(paths));
  const credits = new Map<string, number>();
  const revenues = new Map<string, Map<string, number>>();
  for (const { touches, count, currency, amount, decays, decayAmounts } of goals) {
    const shares = ruleCredits(model, touches, decays);
    const isDecay = model === 'time_decay';
    touches.forEach(({ name }, at) => {
      const share = shares[at] ?? 0;
      raise(credits, name, isDecay ? share : share * count);
      if (currency === '') return;
      const ofCurrency = revenues.get(currency) ?? new Map<string, number>();
      revenues.set(currency, ofCurrency);
      raise(ofCurrency, name, isDecay ? (decayAmounts[at] ?? 0) : share * amount);
    });
  }
  const values = ranked(credits);
  return {
    model,
    values,
    credits: values.map((value) => credits.get(value) ?? 0),
    revenues: [...revenues.entries()]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([currency, amounts]) => ({
        currency,
        amounts: values.map((value) => amounts.get(value) ?? 0),
      })),
    conversionProbability: null,
    removalEffects: null,
  };
}

function dataDriven(
  model: 'markov' | 'shapley',
  { credits, conversionProbability, removalEffects }: DataDrivenCredits,
): ModelCredits {
  const values = ranked(credits);
  return {
    model,
    values,
    credits: values.map((value) => credits.get(value) ?? 0),
    revenues: [],
    conversionProbability,
    removalEffects:
      removalEffects.size === 0 ? null : values.map((value) => removalEffects.get(value) ?? 0),
  };
}

function raise(sums: Map<string, number>, name: string, by: number): void {
  sums.set(name, (sums.get(name) ?? 0) + by);
}

/** Names by credit, largest first, ties bytewise. */
function ranked(credits: ReadonlyMap<string, number>): readonly string[] {
  const bytes = new Map([...credits.keys()].map((name) => [name, Buffer.from(name)]));
  const none = Buffer.alloc(0);
  return [...credits.keys()].sort(
    (one, other) =>
      (credits.get(other) ?? 0) - (credits.get(one) ?? 0) ||
      Buffer.compare(bytes.get(one) ?? none, bytes.get(other) ?? none),
  );
}
