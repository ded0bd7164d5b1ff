import { AppError } from '../errors.js';
import type { Message } from './pubsub.js';

/**
 * The reading end of one subscriber: a bounded queue that a {@link PubSub} adapter fills and the
 * subscriber empties. Shared by the adapters so that they cannot differ in how they end.
 */
export interface Subscription {
  readonly messages: AsyncIterable<Message>;
  /** Queues a message, or fails with `REPLAY_GAP` when `bufferLength` of them wait already. */
  push(message: Message): void;
  /** Ends the iteration with an error, at once: what still waits is let go. */
  fail(error: AppError): void;
  /** Ends the iteration normally, at once. */
  end(): void;
}

export interface SubscriptionOptions {
  readonly channel: string;
  readonly bufferLength: number;
  /** Ends the iteration. */
  readonly signal: AbortSignal;
  /** Called once, when the subscription has ended for whatever reason. */
  readonly onEnd: (subscription: Subscription) => void;
}

interface Waiter {
  readonly resolve: (result: IteratorResult<Message>) => void;
  readonly reject: (error: AppError) => void;
}

/** Says that messages a subscriber has not seen are gone. */
export function replayGap(channel: string, what: string): AppError {
  return new AppError('REPLAY_GAP', `channel ${channel}: ${what}; ask anew instead of resuming`, {
    details: { channel },
  });
}

/** Says that somebody else leads a channel, or nobody. */
export function leadLost(channel: string): AppError {
  return new AppError('CONFLICT', `channel ${channel}: its lead belongs to another`, {
    details: { channel },
  });
}

export function createSubscription(options: SubscriptionOptions): Subscription {
  const { channel, bufferLength, signal, onEnd } = options;
  let queue: Message[] = [];
  let waiters: Waiter[] = [];
  let failure: AppError | null = null;
  let isEnded = false;

  const finish = (error: AppError | null): void => {
    if (isEnded) return;
    isEnded = true;
    queue = [];
    signal.removeEventListener('abort', end);
    const [first, ...others] = waiters;
    waiters = [];
    if (error !== null && first !== undefined) first.reject(error);
    else {
      // Nobody waits: the error is kept for the next call.
      failure = error;
      first?.resolve({ value: undefined, done: true });
    }
    for (const waiter of others) waiter.resolve({ value: undefined, done: true });
    onEnd(subscription);
  };
  const end = (): void => finish(null);

  const iterator: AsyncIterator<Message> = {
    next() {
      const message = queue.shift();
      if (message !== undefined) return Promise.resolve({ value: message, done: false });
      if (failure !== null) {
        const error = failure;
        failure = null;
        return Promise.reject(error);
      }
      if (isEnded) return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve, reject) => {
        waiters.push({ resolve, reject });
      });
    },
    return() {
      end();
      return Promise.resolve({ value: undefined, done: true });
    },
  };

  const subscription: Subscription = {
    messages: { [Symbol.asyncIterator]: () => iterator },
    push(message) {
      if (isEnded) return;
      const waiter = waiters.shift();
      if (waiter !== undefined) waiter.resolve({ value: message, done: false });
      else if (queue.length < bufferLength) queue.push(message);
      else
        finish(replayGap(channel, `the subscriber left more than ${bufferLength} messages unread`));
    },
    fail: finish,
    end,
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end);
  return subscription;
}
