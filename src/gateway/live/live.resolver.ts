import { Args, Ctx, Extensions, Resolver, Root, Subscription } from 'type-graphql';
import type {
  LiveActiveNow as ActiveNowTick,
  LiveEvents as EventBatch,
  LiveEventRate as EventRateTick,
} from '../../live/live-query.js';
import type { GatewayContext } from '../context.js';
import { timelineNode } from '../person/timeline.js';
import { ActiveNowArgs, LiveArgs, LiveRateArgs } from './live.args.js';
import { LiveActiveNow, LiveEventRate, LiveEvents } from './live.type.js';
import { IS_PACED } from './live-operations.js';
import { liveArgs, liveQuestion, liveWindowQuestion } from './live-question.js';

/** What a subscription is started with; arguments are not checked yet. */
interface Subscribing {
  readonly args: Readonly<Record<string, unknown>>;
  readonly context: GatewayContext;
}

/** Questions that are answered again and again. Each takes the arguments of its query twin. */
@Resolver()
export class LiveResolver {
  @Subscription(() => LiveEventRate, {
    description:
      'Events by second over a sliding window, at most one tick per interval. A tick is what a query would answer at its `asOf`.',
    async subscribe({ args, context }: Subscribing) {
      const checked = await liveArgs(LiveRateArgs, args);
      const asking = await context.askIn(checked.project);
      return context.questions.watchEventRate(asking, liveWindowQuestion(asking, checked));
    },
  })
  eventRate(
    @Root() tick: EventRateTick,
    @Args(() => LiveRateArgs, { validate: false }) _args: LiveRateArgs,
  ): EventRateTick {
    return tick;
  }

  @Subscription(() => LiveActiveNow, {
    description:
      'Distinct people with an event in the last minutes, at most one tick per interval. A tick is what a query would answer at its `asOf`.',
    async subscribe({ args, context }: Subscribing) {
      const checked = await liveArgs(ActiveNowArgs, args);
      const asking = await context.askIn(checked.project);
      return context.questions.watchActiveNow(asking, liveWindowQuestion(asking, checked));
    },
  })
  activeNow(
    @Root() tick: ActiveNowTick,
    @Args(() => ActiveNowArgs, { validate: false }) _args: ActiveNowArgs,
  ): ActiveNowTick {
    return tick;
  }

  @Extensions({ [IS_PACED]: true })
  @Subscription(() => LiveEvents, {
    description:
      'Events as they arrive, straight from the event log, before they are queryable. A batch at once, which may be empty, then one whenever events came, at most 20 a second. A slow reader loses the oldest and is told how many.',
    async subscribe({ args, context }: Subscribing) {
      const checked = await liveArgs(LiveArgs, args);
      const asking = await context.askIn(checked.project);
      const { from } = context.ticking;
      return context.questions.watchEventTail(asking, { ...liveQuestion(asking, checked), from });
    },
  })
  eventTail(
    @Root() { events, dropped, cursor, isAnew }: EventBatch,
    @Args(() => LiveArgs, { validate: false }) _args: LiveArgs,
    @Ctx() { ticking }: GatewayContext,
  ): LiveEvents {
    ticking.counted = { cursor, isAnew, events: events.length + dropped };
    return { events: events.map(timelineNode), dropped };
  }
}
