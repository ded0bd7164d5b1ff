import { ArrayMaxSize, IsOptional, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { ArgsType, Field, ID, Int, registerEnumType } from 'type-graphql';
import type { Platform as PlatformValue } from '../../event/tracked-event.js';
import { ConditionInput, EventSelectorInput } from '../metric/question.input.js';

/** Platforms, as the API names them. */
export const Platform = {
  WEB: 'web',
  MOBILE: 'mobile',
} as const satisfies Record<string, PlatformValue>;

registerEnumType(Platform, {
  name: 'Platform',
  description: 'Where events are produced.',
  valuesConfig: {
    WEB: { description: 'Web sites.' },
    MOBILE: { description: 'Mobile apps.' },
  },
});

/** What every subscription has: the events it is about. */
@ArgsType()
export class LiveArgs {
  @Field(() => ID, {
    nullable: true,
    description:
      'Project to watch; left out: the project of the key. Another than that needs a key with scope admin.',
  })
  @IsOptional()
  @MaxLength(64)
  project?: string | null;

  @Field(() => EventSelectorInput, {
    nullable: true,
    description: 'The events that count; left out: every event.',
  })
  @IsOptional()
  @ValidateNested()
  event?: EventSelectorInput | null;

  @Field(() => Platform, { nullable: true, description: 'Only this platform; left out: both.' })
  platform?: PlatformValue | null;

  @Field(() => [ConditionInput], { defaultValue: [], description: 'Conditions; all hold.' })
  @ValidateNested({ each: true })
  @ArrayMaxSize(100)
  filter!: ConditionInput[];

  @Field(() => Boolean, { defaultValue: false, description: 'Whether events of bots count too.' })
  includeBots!: boolean;
}

/** Rate of events. */
@ArgsType()
export class LiveRateArgs extends LiveArgs {
  @Field(() => Int, {
    defaultValue: 60,
    description: 'Length of the sliding window, seconds, 1 to 3600.',
  })
  @Min(1)
  @Max(3600)
  windowSeconds!: number;

  @Field(() => Int, {
    defaultValue: 1000,
    description: 'Shortest time between two ticks, milliseconds, 250 to 60000.',
  })
  @Min(250)
  @Max(60_000)
  intervalMs!: number;
}

/** People active now. */
@ArgsType()
export class ActiveNowArgs extends LiveArgs {
  @Field(() => Int, {
    defaultValue: 300,
    description: 'How long ago "now" begins, seconds, 1 to 3600.',
  })
  @Min(1)
  @Max(3600)
  windowSeconds!: number;

  @Field(() => Int, {
    defaultValue: 1000,
    description: 'Shortest time between two ticks, milliseconds, 250 to 60000.',
  })
  @Min(250)
  @Max(60_000)
  intervalMs!: number;
}
