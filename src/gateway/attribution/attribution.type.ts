import { Field, Float, ObjectType } from 'type-graphql';
import type {
  AttributionModel as AttributionModelValue,
  RuleModel,
} from '../../attribution/attribution-query.js';
import { AnswerMeta } from '../metric/answer.type.js';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime } from '../scalar/text-scalars.js';
import { AttributionModel } from './attribution.enums.js';

@ObjectType({ description: 'Credited revenue of one currency.', simpleResolvers: true })
export class CreditedRevenue {
  @Field(() => String, { description: 'Currency code as events give it.' })
  currency!: string;

  @Field(() => [String], {
    description:
      'Credited revenue of each value as exact decimal text of at most ten places; their sum is exactly the revenue of the credited conversions. What cutting behind the tenth place leaves of a conversion goes to its oldest visits.',
  })
  amounts!: readonly string[];
}

@ObjectType({
  description: 'What one model says, as lists of equal length, largest credit first.',
  simpleResolvers: true,
})
export class ModelCredits {
  @Field(() => AttributionModel, { description: 'The model.' })
  model!: AttributionModelValue;

  @Field(() => [String], { description: 'Channel, source, medium or campaign.' })
  values!: readonly string[];

  @Field(() => [Float], {
    description: 'Conversions credited, not rounded: their sum is the conversions with a visit.',
  })
  credits!: readonly number[];

  @Field(() => [CreditedRevenue], {
    description: 'Revenue credited, by currency; empty for `MARKOV` and `SHAPLEY`.',
  })
  revenues!: readonly CreditedRevenue[];

  @Field(() => Float, {
    nullable: true,
    description:
      '`MARKOV`: probability that a path converts, 0–1; null without paths and for other models.',
  })
  conversionProbability!: number | null;

  @Field(() => [Float], {
    nullable: true,
    description:
      '`MARKOV`: share of the conversions lost without each value, 0–1; null when nobody converts and for other models.',
  })
  removalEffects!: readonly number[] | null;
}

@ObjectType({
  description: 'Revenue of conversions, as lists of equal length by currency.',
  simpleResolvers: true,
})
export class ConversionRevenue {
  @Field(() => [String], { description: 'Currency codes as events give them, bytewise.' })
  currencies!: readonly string[];

  @Field(() => [String], {
    description:
      'Revenue of all conversions as exact decimal text; one that repeats the order of an earlier purchase has none.',
  })
  totals!: readonly string[];

  @Field(() => [String], { description: 'What of it belongs to conversions without a visit.' })
  unattributed!: readonly string[];
}

@ObjectType({ description: 'What led to the conversions of a range.', simpleResolvers: true })
export class Attribution {
  @Field(() => SafeInt, { description: 'Goal events of the range, with and without a visit.' })
  conversions!: number;

  @Field(() => SafeInt, { description: 'Those without a visit within the lookback.' })
  unattributed!: number;

  @Field(() => ConversionRevenue, { description: 'Their revenue.' })
  revenue!: ConversionRevenue;

  @Field(() => [ModelCredits], { description: 'One entry per model, in the order asked.' })
  models!: readonly ModelCredits[];

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'What a rule credits the visits of one conversion.',
  simpleResolvers: true,
})
export class TouchCredits {
  @Field(() => AttributionModel, {
    description: 'The rule that shares the conversion; never a data-driven model.',
  })
  model!: RuleModel;

  @Field(() => [Float], { description: 'Credit of each visit; they sum to 1.' })
  credits!: readonly number[];
}

@ObjectType({
  description: 'One conversion with its visits, as lists of equal length, oldest first.',
  simpleResolvers: true,
})
export class ExplainedConversion {
  @Field(() => String, { description: 'Its `event_id`.' })
  eventId!: string;

  @Field(() => String, { description: 'Name of the event, e.g. `purchase`.' })
  eventName!: string;

  @Field(() => DateTime, { description: 'When it happened.' })
  occurredAt!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'Its revenue as exact decimal text; null without one, and for an order that was counted before.',
  })
  revenue!: string | null;

  @Field(() => String, { description: 'Currency of the revenue; empty without one.' })
  currency!: string;

  @Field(() => [DateTime], { description: 'Start of each visit that counts.' })
  startedAt!: readonly string[];

  @Field(() => [String], { description: 'Channel, source, medium or campaign of each visit.' })
  values!: readonly string[];

  @Field(() => [String], { description: 'Channel of each visit.' })
  channels!: readonly string[];

  @Field(() => [TouchCredits], { description: 'Credits by each rule.' })
  credits!: readonly TouchCredits[];
}

@ObjectType({ description: 'The explanation of a conversion.', simpleResolvers: true })
export class ConversionExplanation {
  @Field(() => ExplainedConversion, {
    nullable: true,
    description: 'The conversion; null when there is no such event.',
  })
  conversion!: ExplainedConversion | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
