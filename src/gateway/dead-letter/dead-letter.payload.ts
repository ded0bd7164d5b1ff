import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type { DropOutcome as DropOutcomeValue } from '../../dead-letter/drop-dead-letters.js';
import type { ReplayOutcome as ReplayOutcomeValue } from '../../dead-letter/replay-dead-letters.js';
import { PageInfo } from '../connection/page-info.type.js';
import { UserError } from '../project/user-error.type.js';
import { DeadLetter } from './dead-letter.type.js';

/** Outcomes of a replay, as the API names them. */
export const ReplayOutcome = {
  ACCEPTED: 'accepted',
  REFUSED: 'refused',
  ALREADY_REPLAYED: 'already_replayed',
} as const satisfies Record<string, ReplayOutcomeValue>;

registerEnumType(ReplayOutcome, {
  name: 'ReplayOutcome',
  description: 'What came of the replay of one letter.',
  valuesConfig: {
    ACCEPTED: { description: 'Its events are on the log; in a dry run: would be.' },
    REFUSED: { description: 'It is still no event, for the reason the letter now has.' },
    ALREADY_REPLAYED: { description: 'It had been replayed before; nothing was done.' },
  },
});

/** Outcomes of a drop, as the API names them. */
export const DropOutcome = {
  DROPPED: 'dropped',
  ALREADY_DROPPED: 'already_dropped',
  ALREADY_REPLAYED: 'already_replayed',
} as const satisfies Record<string, DropOutcomeValue>;

registerEnumType(DropOutcome, {
  name: 'DropOutcome',
  description: 'What came of dropping one letter.',
  valuesConfig: {
    DROPPED: { description: 'It is marked now.' },
    ALREADY_DROPPED: { description: 'It had been dropped before; nothing was done.' },
    ALREADY_REPLAYED: { description: 'Its events count; nothing was done.' },
  },
});

@ObjectType({ description: 'One letter that was tried again.', simpleResolvers: true })
export class DeadLetterReplay {
  @Field(() => DeadLetter, {
    description: 'The letter as it is now; in a dry run: as it would be.',
  })
  letter!: DeadLetter;

  @Field(() => ReplayOutcome, { description: 'What came of it.' })
  outcome!: ReplayOutcomeValue;
}

@ObjectType({ description: 'One letter that was to be dropped.', simpleResolvers: true })
export class DeadLetterDrop {
  @Field(() => DeadLetter, { description: 'The letter as it is now.' })
  letter!: DeadLetter;

  @Field(() => DropOutcome, { description: 'What came of it.' })
  outcome!: DropOutcomeValue;
}

/** What mutations of dead letters have in common. */
@ObjectType({ description: 'What came of an act on dead letters.', simpleResolvers: true })
abstract class LettersPayload {
  @Field(() => PageInfo, {
    nullable: true,
    description: 'Where this call stands among the letters of `filter`; null with errors.',
  })
  pageInfo!: PageInfo | null;

  @Field(() => [UserError], { description: 'Why nothing was changed; empty after a change.' })
  userErrors!: readonly UserError[];
}

@ObjectType({ description: 'What came of `replayDeadLetters`.', simpleResolvers: true })
export class ReplayDeadLettersPayload extends LettersPayload {
  @Field(() => [DeadLetterReplay], {
    nullable: true,
    description: 'The letters in the order of `ids`, or the oldest first; null with errors.',
  })
  results!: DeadLetterReplay[] | null;
}

@ObjectType({ description: 'What came of `dropDeadLetters`.', simpleResolvers: true })
export class DropDeadLettersPayload extends LettersPayload {
  @Field(() => [DeadLetterDrop], {
    nullable: true,
    description: 'The letters in the order of `ids`, or the oldest first; null with errors.',
  })
  results!: DeadLetterDrop[] | null;
}
