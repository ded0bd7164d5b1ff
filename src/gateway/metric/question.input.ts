import { ArrayMaxSize, IsOptional, MaxLength } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import type { JsonValue, Operator as OperatorValue } from '../../metric/metric-query.js';
import { MAX_WINDOW_BUCKETS } from '../../metric/series-window.js';
import { MAX_DEFINITION_ID } from '../connection/node-id.js';
import { JsonObject, JsonScalar } from '../scalar/json.js';
import { Operator } from './metric.enums.js';

@InputType({
  description:
    'The time a question is about: two local dates, both inclusive, in the time zone of the question (`2026-01-01` to `2026-01-31`), or two instants, half-open `[from, to)` (`2026-01-31T10:00:00Z` to `2026-01-31T11:00:00Z`). The two ends must be of one kind.',
})
export class TimeRangeInput {
  @Field(() => String, {
    description: 'First local date (`YYYY-MM-DD`) or first instant (ISO 8601 with `Z` or offset).',
  })
  @MaxLength(40)
  from!: string;

  @Field(() => String, {
    description: 'Last local date, included, or the first instant after the range.',
  })
  @MaxLength(40)
  to!: string;
}

@InputType({
  description:
    'Picks events by name, by conditions, or both; all of them hold. Or those of a goal that is kept, by its id.',
})
export class EventSelectorInput {
  @Field(() => ID, {
    nullable: true,
    description: 'A kept goal, whose events are picked; then neither `event` nor `where` is given.',
  })
  @IsOptional()
  @MaxLength(MAX_DEFINITION_ID)
  goal?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Event name, e.g. `page_view`; left out: any name fits.',
  })
  @IsOptional()
  @MaxLength(200)
  event?: string | null;

  @Field(() => JsonObject, {
    nullable: true,
    description:
      'Field names with the values they must have, equal in type and value. `page` is the page or screen; other names are event fields, else properties.',
  })
  where?: Record<string, JsonValue> | null;
}

@InputType({
  description:
    'What each value of a series tells of, instead of its own bucket; exactly one field is given. People are counted as distinct persons of the whole window, everything else is summed.',
})
export class SeriesWindowInput {
  @Field(() => Boolean, {
    nullable: true,
    description: 'True: the range from its start up to the end of the bucket.',
  })
  cumulative?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    description: `So many buckets, of which its own is the last, 1 to ${MAX_WINDOW_BUCKETS}: whole ones, also before the range; only the end of the range cuts.`,
  })
  moving?: number | null;
}

@InputType({ description: 'One condition on a dimension, an event field or a property.' })
export class ConditionInput {
  @Field(() => String, {
    description:
      'A dimension (`page`, `device_type`, `browser`, `country`, `channel`, …), a property of the person (`person.<name>`, as identify events say it last), an event field, else a property of the event.',
  })
  @MaxLength(200)
  field!: string;

  @Field(() => Operator, { defaultValue: Operator.EQUALS, description: 'How to compare.' })
  operator!: OperatorValue;

  @Field(() => [JsonScalar], {
    defaultValue: [],
    description: 'Many values for `IN` and `NOT_IN`, none for `IS_SET` and `IS_NOT_SET`, else one.',
  })
  @ArrayMaxSize(10_000)
  values!: JsonValue[];
}
