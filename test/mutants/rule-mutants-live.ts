/** The rules of live questions, each broken on purpose in one place; see `mutants.ts`. */
import type { Mutant } from './mutants.js';

const HUB = 'test/unit/live/live-hub.test.ts';
const GATEWAY = 'test/integration/gateway-live.test.ts';
const TWIN = 'test/integration/live-twin.test.ts';
const TAILING = 'test/unit/live/watch-event-tail.test.ts';
const LEADING = 'test/unit/live/lead-question.test.ts';
const CHANGES = 'test/unit/live/watch-changes.test.ts';
const OPERATIONS = 'src/gateway/live/live-operations.ts';
const SHARED = 'src/live/shared-question.ts';
const FOLLOW = 'src/live/follow-log.ts';
const LEAD = 'src/live/lead-question.ts';

export const LIVE_MUTANTS: readonly Mutant[] = [
  {
    mechanism: 'live sharing',
    change: 'one execution is shared across projects',
    file: OPERATIONS,
    from: 'liveQuestionId([\n      projectId,\n',
    to: 'liveQuestionId([\n',
    test: { file: GATEWAY, name: 'of other projects, scopes, variables and operations' },
  },
  {
    mechanism: 'live sharing',
    change: 'one execution is shared across scopes',
    file: OPERATIONS,
    from: '      projectId,\n      scopes,\n',
    to: '      projectId,\n',
    test: { file: GATEWAY, name: 'of other projects, scopes, variables and operations' },
  },
  {
    mechanism: 'live sharing',
    change: 'one execution is shared across variables',
    file: OPERATIONS,
    from: '      sorted(coerced),\n',
    to: '',
    test: { file: GATEWAY, name: 'of other projects, scopes, variables and operations' },
  },
  {
    mechanism: 'live sharing',
    change: 'the key of the first subscriber runs the question',
    file: OPERATIONS,
    from: 'anybody: { keyId, projectId, scopes, budgetRows: null }',
    to: 'anybody: principal',
    test: {
      file: 'test/unit/gateway/live-operations.test.ts',
      name: 'a shared question is run for nobody in particular',
    },
  },
  {
    mechanism: 'live sharing',
    change: 'equal answers are sent again',
    file: LEAD,
    from: 'result.print === print',
    to: 'false',
    test: { file: HUB, name: 'tells equal answers once' },
  },
  {
    mechanism: 'live end',
    change: 'the error of a source is lost on its way out of the execution',
    file: OPERATIONS,
    from: "yield { kind: 'end', text };",
    to: "yield { kind: 'end', text: '' };",
    test: { file: GATEWAY, name: 'all hear why their source failed' },
  },
  {
    mechanism: 'live end',
    change: 'the error of a source is lost on its way to the members',
    file: SHARED,
    from: "seat.member.end(message.text === '' ? null : message.text);",
    to: 'seat.member.end(null);',
    test: { file: HUB, name: 'ends for all subscribers, with the error of its source' },
  },
  {
    mechanism: 'live tick',
    change: 'a batch is announced before it is queryable',
    file: 'ingest/ingester/consume-batch.ts',
    from: `    await metrics.timed('write', async () => {
      refused.push(...(await store({ batch, deliveries, misplaced, refused }, signal)));
    });

    // 4. Park the refused.
    if (refused.length > 0) await metrics.timed('park', () => park(refused));

    // 5. Announce.
    const firsts = deliveries.filter((delivery) => !delivery.isRepeat);
    if (firsts.length > 0) await metrics.timed('publish', () => announce(firsts));
`,
    to: `    const firsts = deliveries.filter((delivery) => !delivery.isRepeat);
    if (firsts.length > 0) await metrics.timed('publish', () => announce(firsts));
    await metrics.timed('write', async () => {
      refused.push(...(await store({ batch, deliveries, misplaced, refused }, signal)));
    });
    if (refused.length > 0) await metrics.timed('park', () => park(refused));
`,
    test: {
      file: 'test/unit/ingester/consume-batch.test.ts',
      name: 'is forward, wait, write, park, announce',
    },
  },
  {
    mechanism: 'live tick',
    change: 'what comes while a tick is answered is forgotten',
    file: 'src/live/watch-changes.ts',
    from: '            yield { atMs };\n',
    to: '            yield { atMs };\n            changes.take(fromMs, toMs);\n',
    test: { file: CHANGES, name: 'come again for what came while one was answered' },
  },
  {
    mechanism: 'live tick',
    change: 'every answer is taken to depend on the days of its range alone',
    file: 'src/gateway/live/twin.ts',
    from: 'sources.length > 0 && sources.every((table) => COUNT_TABLE.test(table))',
    to: 'sources.length > 0',
    test: { file: TWIN, name: 'a person named by an event of another day' },
  },
  {
    mechanism: 'live tick',
    change: 'counts of a range are asked anew for events of any day',
    file: 'src/gateway/live/twin.ts',
    from: '...(isCount && isOfRange ? ticking.span(asking) : EVERYTHING)',
    to: '...EVERYTHING',
    test: { file: TWIN, name: 'costs nothing: of another project' },
  },
  {
    mechanism: 'live tick',
    change: 'a moving window is taken to begin with its range',
    file: 'src/gateway/live/twin.ts',
    from: 'isCount && isOfRange',
    to: 'isCount',
    test: { file: TWIN, name: 'a moving window hears of events before its range' },
  },
  {
    mechanism: 'live row',
    change: 'who has lost the lead goes on publishing',
    file: LEAD,
    from: 'formatLiveMessage(message), { lead: owner }',
    to: 'formatLiveMessage(message), {}',
    test: { file: HUB, name: 'that has lost the lead without noticing adds nothing' },
  },
  {
    mechanism: 'live row',
    change: 'a new leader numbers from one again',
    file: LEAD,
    from: 'sequence = goesOn ? newest.sequence : 0;',
    to: 'sequence = 0;',
    test: { file: HUB, name: 'goes on where one stopped, numbering on' },
  },
  {
    mechanism: 'live row',
    change: 'what was missed is left out for who comes back',
    file: SHARED,
    from: "const state = from === null ? 'waiting' : 'catching-up';",
    to: "const state = 'waiting';\n      from = null;",
    test: { file: HUB, name: 'goes on behind the result of the token' },
  },
  {
    mechanism: 'live row',
    change: 'what came while the missed was read is forgotten',
    file: SHARED,
    from: "seat.state = isBehind ? 'catching-up' : 'live';\n      if (!isBehind) return;",
    to: "seat.state = 'live';\n      return;",
    test: { file: HUB, name: 'any number that come back at once' },
  },
  {
    mechanism: 'live row',
    change: 'nobody is told that results are missing',
    file: SHARED,
    from: "    seat.state = 'waiting';\n    seat.isGap = true;\n",
    to: "    seat.state = 'waiting';\n",
    test: { file: HUB, name: 'says when results are missing' },
  },
  {
    mechanism: 'live row',
    change: 'tokens are not checked',
    file: 'src/live/live-message.ts',
    from: 'given !== signature(question, run, sequence)',
    to: "run === ''",
    test: { file: HUB, name: 'refuses' },
  },
  {
    mechanism: 'live limits',
    change: 'a reader that never reads is sent more and more',
    file: 'src/gateway/socket-writer.ts',
    from: 'if (socket.bufferedAmount <= maxBacklogBytes) return true;',
    to: 'if (socket.bufferedAmount >= 0) return true;',
    test: { file: GATEWAY, name: 'by never reading is closed as too slow' },
  },
  {
    mechanism: 'live limits',
    change: 'a revoked key keeps its connections',
    file: 'src/gateway/key-watch.ts',
    from: 'for (const onLost of members) onLost();',
    to: 'members.clear();',
    test: { file: GATEWAY, name: 'a revoked key loses its connections and streams' },
  },
  {
    mechanism: 'live tail',
    change: 'a gateway that takes over begins at the end of the log',
    file: LEAD,
    from: 'options.evaluate(signal, cursor)',
    to: 'options.evaluate(signal, null)',
    test: { file: LEADING, name: 'go on behind the last one, whoever published it' },
  },
  {
    mechanism: 'live tail',
    change: 'nobody is told that events could not be published',
    file: LEAD,
    from: 'isBroken = isCounted;',
    to: 'isBroken = false;',
    test: { file: LEADING, name: 'that could not be published are followed by another row' },
  },
  {
    mechanism: 'live tail',
    change: 'a batch whose answer was lost is published again',
    file: LEAD,
    from: 'if (counted?.cursor != null && counted.cursor === cursor) return;',
    to: '',
    test: { file: LEADING, name: 'are published once though the answer was lost' },
  },
  {
    mechanism: 'live tail',
    change: 'after a failure of the log the tail begins at its end',
    file: FOLLOW,
    from: 'places = started;\n',
    to: 'places = null;\n',
    test: { file: TAILING, name: 'goes on after the log has failed, where it was' },
  },
  {
    mechanism: 'live tail',
    change: 'a watcher that has read on gets the events of another once more',
    file: FOLLOW,
    from: 'other.from = later(other.from, next);',
    to: 'other.from = new Map();',
    test: { file: TAILING, name: 'a process that reads already goes on from memory' },
  },
  {
    mechanism: 'live tail',
    change: 'a slow reader is not told what it lost',
    file: 'src/live/paced-member.ts',
    from: 'dropped += takeOldest()?.events ?? 0;',
    to: 'takeOldest();',
    test: { file: GATEWAY, name: 'drops the oldest for a reader that is too slow' },
  },
];
