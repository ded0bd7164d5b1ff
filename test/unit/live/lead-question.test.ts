import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../../src/errors.js';
import { type LiveResult, leadQuestion } from '../../../src/live/lead-question.js';
import { formatLiveMessage, parseLiveMessage } from '../../../src/live/live-message.js';
import { createMemoryPubSub } from '../../../src/pubsub/memory/memory-pubsub.js';
import { createTelemetry } from '../../../src/telemetry.js';

const { log } = createTelemetry({ level: 'silent' });
const CHANNEL = 'live:tail';

/** A result of which none may be lost, that ends at a place. */
const batch = (cursor: string | null, isAnew = false): LiveResult => ({
  kind: 'next',
  text: `{"data":{"a":"${cursor}"}}`,
  print: null,
  counted: { cursor, events: 2, isAnew },
});

function openWorld() {
  const pubsub = createMemoryPubSub({ bufferLength: 100 });
  const kept = async () =>
    (await pubsub.recent(CHANNEL))
      .map(({ text }) => parseLiveMessage(text))
      .filter((m) => m != null);
  const unkept: LiveResult[] = [];
  /** Leads until the source has told its results. @returns Where the source was told to go on. */
  async function lead(
    results: readonly LiveResult[],
    publish: typeof pubsub.publish = pubsub.publish,
    readNewest = async () => (await kept()).at(-1) ?? null,
  ): Promise<string | null> {
    let begunAt: string | null = null;
    await pubsub.lead(CHANNEL, 'me', 60_000);
    await leadQuestion({
      channel: CHANNEL,
      owner: 'me',
      pubsub: { publish },
      async *evaluate(_signal, from) {
        begunAt = from;
        yield* results;
      },
      readNewest,
      onConfirmed: () => undefined,
      onUnkept: (result) => void unkept.push(result),
      log,
      signal: new AbortController().signal,
    });
    return begunAt;
  }
  const rows = async () =>
    (await kept()).map(({ run, sequence, counted }) => [run, sequence, counted?.cursor]);
  return { pubsub, lead, kept, rows, unkept };
}

describe('results of which none may be lost', () => {
  test('go on behind the last one, whoever published it', async () => {
    const { lead, kept, rows } = openWorld();
    expect(await lead([batch('1'), batch('2')])).toBeNull();
    expect(await lead([batch('3')])).toBe('2');
    const run = (await kept())[0]?.run;
    expect(await rows()).toEqual([
      [run, 1, '1'],
      [run, 2, '2'],
      [run, 3, '3'],
    ]);
    expect((await kept())[0]?.counted).toMatchObject({ events: 2 });
  });

  test('begin another row behind one that is too old to go on from, or says no place', async () => {
    for (const counted of [
      { cursor: '1', events: 2, at: Date.now() - 61_000 },
      { cursor: null, events: 2, at: Date.now() },
    ]) {
      const { pubsub, lead, rows } = openWorld();
      const old = { run: 'old', sequence: 7, kind: 'next', print: null, text: '{"a":1}' } as const;
      await pubsub.publish(CHANNEL, formatLiveMessage({ ...old, counted }));
      expect(await lead([batch('5')])).toBeNull();
      const [, [run, sequence] = []] = await rows();
      expect(run).not.toBe('old');
      expect(sequence).toBe(1);
    }
  });

  test('begin another row where the source says that some are missing', async () => {
    const { lead, rows } = openWorld();
    await lead([batch('1'), batch('9', true), batch('10')]);
    const [[first] = [], [second, sequence] = [], [third, next] = []] = await rows();
    expect(second).not.toBe(first);
    expect(third).toBe(second);
    expect([sequence, next]).toEqual([1, 2]);
  });

  test('are published once though the answer was lost, and again when they were lost', async () => {
    const { pubsub, lead, rows, unkept } = openWorld();
    const away = () => new AppError('PUBSUB_UNAVAILABLE', 'away', { isRetryable: true });
    let calls = 0;
    await lead([batch('1'), batch('2'), batch('3')], async (...args) => {
      calls += 1;
      if (calls === 2) {
        await pubsub.publish(...args);
        throw away();
      }
      if (calls === 3) throw away();
      return pubsub.publish(...args);
    });
    const all = await rows();
    expect(all.map(([, sequence, cursor]) => [sequence, cursor])).toEqual([
      [1, '1'],
      [2, '2'],
      [3, '3'],
    ]);
    expect(new Set(all.map(([run]) => run)).size).toBe(1);
    expect(unkept).toEqual([]);
  });

  test('that could not be published are followed by another row', async () => {
    const { pubsub, lead, rows, unkept } = openWorld();
    let calls = 0;
    await lead([batch('1'), batch('2'), batch('3')], async (...args) => {
      calls += 1;
      if (calls === 2 || calls === 3) throw new AppError('PUBSUB_UNAVAILABLE', 'away');
      return pubsub.publish(...args);
    });
    expect(unkept).toEqual([batch('2')]);
    const [[first] = [], [second, sequence, cursor] = []] = await rows();
    expect(second).not.toBe(first);
    expect([sequence, cursor]).toEqual([1, '3']);
  });

  test('of a source that began without knowing where to go on begin another row', async () => {
    const { lead, kept, rows } = openWorld();
    await lead([batch('1')]);
    let reads = 0;
    const begunAt = await lead([batch('5')], undefined, async () => {
      reads += 1;
      if (reads === 1) throw new AppError('PUBSUB_UNAVAILABLE', 'away');
      return (await kept()).at(-1) ?? null;
    });
    expect(begunAt).toBeNull();
    const [[first] = [], [second, sequence] = []] = await rows();
    expect(second).not.toBe(first);
    expect(sequence).toBe(1);
  });
});
