import type { Logger } from 'pino';
import type { PubSub } from '../pubsub/pubsub.js';
import type { EvaluateLive } from './lead-question.js';
import type { LiveMember } from './live-member.js';
import { decodeResumeToken } from './live-message.js';
import { type Sleep, sleep } from './live-timing.js';
import { createSharedQuestion, type SharedQuestion } from './shared-question.js';

/** Every live question of this process, each distinct one once. */
export interface LiveHub {
  /**
   * Joins a question; the first member starts it, and a while after the last it stops.
   *
   * @param input.question Its id, see `liveQuestionId`: all members of one id get the same results.
   * @param input.resumeFrom Token of the last result seen; undefined: begins with the newest.
   * @returns Leaves.
   * @throws AppError `INVALID_RESUME_TOKEN` when the token is none of this question.
   */
  join(input: {
    readonly question: string;
    readonly evaluate: EvaluateLive;
    readonly member: LiveMember;
    readonly resumeFrom?: unknown;
  }): () => void;
  /** Questions that run now, those that only wait for another member included. */
  readonly questionCount: number;
  stop(): void;
}

export interface LiveHubOptions {
  readonly pubsub: Pick<PubSub, 'publish' | 'subscribe' | 'recent' | 'lead' | 'release'>;
  readonly log: Pick<Logger, 'warn'>;
  /** How long a question without members goes on, ms; default 1 s. */
  readonly lingerMs?: number;
  /** Pause between tries; that of the process unless a test brings its own. */
  readonly sleep?: Sleep;
}

/** Most questions that go on without members. */
const MAX_LINGERING = 200;

interface Entry {
  readonly shared: SharedQuestion;
  lingering: NodeJS.Timeout | null;
}

export function createLiveHub({
  pubsub,
  log,
  lingerMs = 1_000,
  sleep: pause = sleep,
}: LiveHubOptions): LiveHub {
  const entries = new Map<string, Entry>();
  const lingering = new Set<string>();

  function close(question: string, entry: Entry): void {
    if (entries.get(question) !== entry) return;
    if (entry.lingering !== null) clearTimeout(entry.lingering);
    lingering.delete(question);
    entries.delete(question);
    entry.shared.stop();
  }

  function open(question: string, evaluate: EvaluateLive): Entry {
    const known = entries.get(question);
    if (known !== undefined) return known;
    const entry: Entry = {
      shared: createSharedQuestion({
        question,
        pubsub,
        evaluate,
        log,
        sleep: pause,
        onEnd: () => close(question, entry),
      }),
      lingering: null,
    };
    entries.set(question, entry);
    return entry;
  }

  /** A member that comes back at once, or the next of many, finds the question running. */
  function linger(question: string, entry: Entry): void {
    if (entries.get(question) !== entry || entry.shared.memberCount > 0) return;
    if (entry.lingering !== null) return;
    entry.lingering = setTimeout(() => close(question, entry), lingerMs);
    entry.lingering.unref();
    lingering.add(question);
    const [oldest = question] = lingering;
    const first = entries.get(oldest);
    if (lingering.size > MAX_LINGERING && first !== undefined) close(oldest, first);
  }

  return {
    join({ question, evaluate, member, resumeFrom }) {
      const from = resumeFrom == null ? null : decodeResumeToken(question, resumeFrom);
      const entry = open(question, evaluate);
      if (entry.lingering !== null) clearTimeout(entry.lingering);
      entry.lingering = null;
      lingering.delete(question);
      const leave = entry.shared.join(member, from);
      return () => {
        leave();
        linger(question, entry);
      };
    },
    get questionCount() {
      return entries.size;
    },
    stop() {
      for (const [question, entry] of [...entries]) close(question, entry);
    },
  };
}
