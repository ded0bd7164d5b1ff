import { ArrayMaxSize, IsOptional, Min, ValidateNested } from 'class-validator';
import { ArgsType, Field, InputType, Int } from 'type-graphql';
import type { NamedPosition } from '../../metric/consumer-lag.js';
import { SafeInt } from '../scalar/safe-int.js';

/** Most partitions of one question about given positions. */
const MAX_PARTITIONS = 10_000;

@InputType({ description: 'Where a consumer group stands in one partition.' })
export class PartitionPositionInput {
  @Field(() => String, {
    defaultValue: '',
    description: 'Topic; told back, and not looked up.',
  })
  topic!: string;

  @Field(() => Int, { description: 'Number of the partition within its topic, from 0.' })
  @Min(0)
  partition!: number;

  @Field(() => SafeInt, { description: 'Offset of the first record that is kept.' })
  @Min(0)
  begin!: number;

  @Field(() => SafeInt, { description: 'Offset the next record will get.' })
  @Min(0)
  end!: number;

  @Field(() => SafeInt, {
    nullable: true,
    description:
      'Next offset the group will read; null when it has confirmed nothing, which counts from `begin`.',
  })
  @IsOptional()
  @Min(0)
  committed?: number | null;
}

/** Arguments of the lag of given positions. */
@ArgsType()
export class ConsumerLagOfArgs {
  @Field(() => [PartitionPositionInput], {
    description: `Where the group stands, one entry per partition; at most ${MAX_PARTITIONS}.`,
  })
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_PARTITIONS)
  partitions!: PartitionPositionInput[];
}

/** Positions as the metric takes them. */
export function namedPositions(
  partitions: readonly PartitionPositionInput[],
): readonly NamedPosition[] {
  return partitions.map(({ topic, partition, begin, end, committed }) => ({
    topic,
    partition,
    begin: BigInt(begin),
    end: BigInt(end),
    committed: committed == null ? null : BigInt(committed),
  }));
}
