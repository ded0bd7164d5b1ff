import type { AttributionModel, CountedPath, ModelCredits, Touch } from './attribution-query.js';
import { type DataDrivenCredits, markovCredits, shapleyCredits } from './data-driven-credits.js';
import { creditedText, settleProducts, shareAmount } from './exact-shares.js';
import { creditsOf, ruleWeights } from './rule-credits.js';
import { addTo, type RunningSum, totals } from './running-sum.js';

/** Conversions with the same touches and the same currency. */
export interface CountedGoals {
  readonly touches: readonly Touch[];
  readonly count: number;
  /** Empty where they have no value. */
  readonly currency: string;
  /** Ten-thousandths, summed over the conversions. */
  readonly amount: bigint;
  /** Weights of `time_decay`, and these times the amount, summed over the conversions. */
  readonly decays: readonly bigint[];
  readonly decayAmounts: readonly bigint[];
}

/** What a model makes of conversions with touches, and of the paths they and the others went. */
export function modelCredits(
  model: AttributionModel,
  goals: readonly CountedGoals[],
  paths: readonly CountedPath[],
): ModelCredits {
  if (model === 'markov') return dataDriven(model, markovCredits(paths));
  if (model === 'shapley') return dataDriven(model, shapleyCredits(paths));
  const sums = new Map<string, RunningSum>();
  const revenues = new Map<string, Map<string, bigint>>();
  for (const { touches, count, currency, amount, decays, decayAmounts } of goals) {
    const weights = ruleWeights(model, touches, decays);
    const shares = creditsOf(weights);
    touches.forEach(({ name }, at) => {
      addTo(sums, name, (shares[at] ?? 0) * count);
    });
    if (currency === '') continue;
    const parts =
      model === 'time_decay' ? settleProducts(decayAmounts) : shareAmount(amount, weights);
    const ofCurrency = revenues.get(currency) ?? new Map<string, bigint>();
    revenues.set(currency, ofCurrency);
    touches.forEach(({ name }, at) => {
      ofCurrency.set(name, (ofCurrency.get(name) ?? 0n) + (parts[at] ?? 0n));
    });
  }
  const credits = totals(sums);
  const values = ranked(credits);
  return {
    model,
    values,
    credits: values.map((value) => credits.get(value) ?? 0),
    revenues: [...revenues.entries()]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([currency, amounts]) => ({
        currency,
        amounts: values.map((value) => creditedText(amounts.get(value) ?? 0n)),
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
