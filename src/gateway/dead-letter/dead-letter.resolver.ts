import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { DeadLetterFilter } from '../../dead-letter/dead-letter.js';
import type { LetterSelection, LettersTreated } from '../../dead-letter/find-letters.js';
import type { GatewayContext } from '../context.js';
import { change } from '../project/project-answer.js';
import { SafeInt } from '../scalar/safe-int.js';
import {
  type DeadLetterSelectionInput,
  DeadLettersArgs,
  DropDeadLettersInput,
  ReplayDeadLettersInput,
} from './dead-letter.input.js';
import { DropDeadLettersPayload, ReplayDeadLettersPayload } from './dead-letter.payload.js';
import { DeadLetter, DeadLetterConnection, LetterContent } from './dead-letter.type.js';
import {
  type AskedScope,
  contentNode,
  letterEdges,
  letterFilter,
  letterNode,
  letterPage,
  letterPageInfo,
  letterScope,
  letterSelection,
} from './dead-letter-answer.js';

/** What the fields of a connection need of its question. */
interface ConnectionOf {
  readonly scope: AskedScope;
  readonly filter: DeadLetterFilter;
}

/** Input that could not become an event. */
@Resolver(() => DeadLetter)
export class DeadLetterResolver {
  @Query(() => DeadLetterConnection, {
    description: 'Input that could not become an event; needs a key with scope admin.',
  })
  async deadLetters(
    @Args(() => DeadLettersArgs) args: DeadLettersArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Omit<DeadLetterConnection, 'totalCount'> & ConnectionOf> {
    const scope = await letterScope(context, args);
    const filter = letterFilter(scope, args.filter);
    const page = letterPage('deadLetters', scope, filter, args, context.limits);
    const found = await context.deadLetters.list(scope, page);
    const ends = { first: found.letters[0] ?? null, last: found.letters.at(-1) ?? null };
    return {
      scope,
      filter,
      edges: letterEdges('deadLetters', scope, page, found),
      pageInfo: letterPageInfo('deadLetters', scope, page, ends, found.hasMore),
    };
  }

  @Query(() => DeadLetter, {
    nullable: true,
    description: 'One dead letter; null when there is none. Needs a key with scope admin.',
  })
  async deadLetter(
    @Arg('id', () => ID, { description: '`deadLetterId` of the letter.' }) id: string,
    @Arg('project', () => ID, {
      nullable: true,
      description: 'Project of the letter; left out: that of the key.',
    })
    project: string | null,
    @Arg('isUnowned', () => Boolean, {
      defaultValue: false,
      description: 'Whether the letter is one that names no project.',
    })
    isUnowned: boolean,
    @Ctx() context: GatewayContext,
  ): Promise<DeadLetter | null> {
    const scope = await letterScope(context, { project, isUnowned });
    const letter = await context.deadLetters.show(scope, id);
    return letter === null ? null : letterNode(letter);
  }

  @FieldResolver(() => LetterContent, {
    nullable: true,
    description:
      'The input itself, read from the warehouse for each letter; null when it has just expired.',
  })
  async content(
    @Root() { deadLetterId, projectId }: DeadLetter,
    @Ctx() context: GatewayContext,
  ): Promise<LetterContent | null> {
    const scope = await letterScope(context, {
      project: projectId,
      isUnowned: projectId === null,
    });
    const content = await context.deadLetters.content(scope, deadLetterId);
    return content === null ? null : contentNode(content);
  }

  @Mutation(() => ReplayDeadLettersPayload, {
    description:
      'Tries dead letters again, mended by a patch if one is given. Replaying twice counts once. Needs a key with scope admin.',
  })
  async replayDeadLetters(
    @Arg('input', () => ReplayDeadLettersInput, { description: 'The letters, and how.' })
    input: ReplayDeadLettersInput,
    @Ctx() context: GatewayContext,
  ): Promise<ReplayDeadLettersPayload> {
    const { keyId: by } = context.requireScope('admin');
    const { patch, assignProjectId, isDryRun } = input;
    return act('replayDeadLetters', context, input, (scope, selection) => {
      const repair = {
        ...(patch == null ? {} : { patch }),
        ...(assignProjectId == null ? {} : { assignProjectId }),
      };
      return context.deadLetters.replay(scope, { selection, repair, isDryRun, by });
    });
  }

  @Mutation(() => DropDeadLettersPayload, {
    description:
      'Marks dead letters as not worth a replay; nothing is deleted. Needs a key with scope admin.',
  })
  async dropDeadLetters(
    @Arg('input', () => DropDeadLettersInput, { description: 'The letters.' })
    input: DropDeadLettersInput,
    @Ctx() context: GatewayContext,
  ): Promise<DropDeadLettersPayload> {
    const { keyId: by } = context.requireScope('admin');
    return act('dropDeadLetters', context, input, (scope, selection) =>
      context.deadLetters.drop(scope, { selection, by }),
    );
  }
}

/** Lists of dead letters. */
@Resolver(() => DeadLetterConnection)
export class DeadLetterConnectionResolver {
  @FieldResolver(() => SafeInt, {
    description: 'How many letters fit the filter, on all pages; counted when it is asked for.',
  })
  totalCount(
    @Root() { scope, filter }: DeadLetterConnection & ConnectionOf,
    @Ctx() { deadLetters }: GatewayContext,
  ): Promise<number> {
    return deadLetters.count(scope, filter);
  }
}

/** Runs an act on the letters that its input picks. */
function act<Result extends { readonly letter: Parameters<typeof letterNode>[0] }>(
  kind: string,
  context: GatewayContext,
  input: DeadLetterSelectionInput,
  run: (scope: AskedScope, selection: LetterSelection) => Promise<LettersTreated<Result>>,
) {
  const { projectId: project = null, isUnowned } = input;
  const make = async () => {
    const scope = await letterScope(context, { project, isUnowned });
    const selection = letterSelection(kind, scope, input, context.limits);
    const { results, last, hasMore } = await run(scope, selection);
    const page =
      'page' in selection ? selection.page : { filter: {}, first: results.length, after: null };
    const ends = { first: results[0]?.letter ?? null, last };
    return {
      results: results.map((result) => ({ ...result, letter: letterNode(result.letter) })),
      pageInfo: letterPageInfo(kind, scope, page, ends, hasMore),
    };
  };
  return change(make, { results: null, pageInfo: null });
}
