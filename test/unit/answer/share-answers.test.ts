import { describe, expect, test } from '@jest/globals';
import type { DataLook, DataVersions } from '../../../src/answer/data-look.js';
import type { Answer } from '../../../src/answer/kept-answer.js';
import { type SharedQuestion, shareAnswers } from '../../../src/answer/share-answers.js';
import type { Cache } from '../../../src/cache/cache.js';
import { createMemoryCache } from '../../../src/cache/memory/memory-cache.js';
import { AppError } from '../../../src/errors.js';
import { createTelemetry } from '../../../src/telemetry.js';

const NOW = Date.UTC(2026, 2, 10, 12);
const { log } = createTelemetry({ level: 'silent' });

interface Told extends Answer {
  readonly total: number;
}

const told = (total: number, rowsRead = 100): Told => ({
  total,
  meta: {
    source: ['silver_events'],
    rowsRead,
    exact: true,
    asOf: new Date(NOW).toISOString(),
    elapsedMs: 1,
  },
});

/** Data whose one table changes when the test says so. */
function createFakeVersions() {
  let block = 1;
  let looks = 0;
  let failure: Error | null = null;
  const versions: DataVersions = {
    async look(): Promise<DataLook> {
      looks += 1;
      if (failure !== null) throw failure;
      return {
        atMs: NOW + looks,
        warehouseId: 'w',
        engineStartedAt: 0,
        tables: { silver_events: { all: [1, block] } },
      };
    },
    isUnchanged: (_dependence, since, look) =>
      since.tables.silver_events?.all?.[1] === look.tables.silver_events?.all?.[1],
  };
  return {
    versions,
    change: () => {
      block += 1;
    },
    fail: (error: Error | null) => {
      failure = error;
    },
  };
}

function setUp(cache: Pick<Cache, 'get' | 'set' | 'delete'> = memory()) {
  const data = createFakeVersions();
  const outcomes: string[] = [];
  const gateway = (database = 'sluice') =>
    shareAnswers({
      versions: data.versions,
      cache,
      database,
      clock: () => NOW,
      maxCharacters: 10_000,
      log,
      onOutcome: (_name, outcome) => outcomes.push(outcome),
    });
  return { data, outcomes, gateway };
}

function memory(): Cache {
  return createMemoryCache({ maxEntries: 100, clock: () => NOW });
}

function asking(change: Partial<SharedQuestion<object>> = {}): SharedQuestion<object> {
  return {
    name: 'sessions',
    question: { projectId: 'p' },
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1800 },
    signal: new AbortController().signal,
    pay: async () => undefined,
    ...change,
  };
}

/** A computation that ends when the test says so. */
function controlled() {
  const started: {
    readonly signal: AbortSignal;
    answer(answer: Told): void;
    fail(error: Error): void;
  }[] = [];
  let onStart = (): void => undefined;
  return {
    started,
    compute: (signal: AbortSignal) =>
      new Promise<Told>((answer, fail) => {
        started.push({ signal, answer, fail });
        onStart();
      }),
    /** Resolves when so many have begun. */
    async begun(count: number): Promise<void> {
      while (started.length < count) {
        await new Promise<void>((resolve) => {
          onStart = resolve;
        });
      }
    },
  };
}

/** Lets everything that is under way come to where it waits. */
async function settled(): Promise<void> {
  for (let n = 0; n < 5; n += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('equal questions', () => {
  test('asked at once are computed once', async () => {
    const { gateway, outcomes } = setUp();
    const answers = gateway();
    const { compute, started, begun } = controlled();
    const asked = [1, 2, 3].map(() => answers.ask(asking(), compute));
    await begun(1);
    await settled();
    started[0]?.answer(told(7));
    expect((await Promise.all(asked)).map(({ total }) => total)).toEqual([7, 7, 7]);
    expect(started).toHaveLength(1);
    expect(outcomes.sort()).toEqual(['asked', 'joined', 'joined']);
  });

  test('asked at once of two gateways are computed once', async () => {
    const { gateway } = setUp();
    const { compute, started, begun } = controlled();
    const asked = [gateway(), gateway()].map((answers) => answers.ask(asking(), compute));
    await begun(1);
    await settled();
    started[0]?.answer(told(7));
    expect((await Promise.all(asked)).map(({ total }) => total)).toEqual([7, 7]);
    expect(started).toHaveLength(1);
  });

  test('asked later are answered by what is kept, which reads nothing and costs nothing', async () => {
    const { gateway, outcomes } = setUp();
    const paid: number[] = [];
    const pay = async (rows: number): Promise<void> => void paid.push(rows);
    const answers = gateway();
    await answers.ask(asking(), async () => told(7));
    const again = await answers.ask(asking({ pay }), async () => told(8));
    expect(again).toMatchObject({ total: 7, meta: { rowsRead: 0 } });
    expect(Date.parse(again.meta.asOf)).toBeGreaterThan(NOW + 1);
    expect(paid).toEqual([]);
    expect(outcomes).toEqual(['asked', 'hit']);
  });

  test('asked after a change are computed anew', async () => {
    const { gateway, data } = setUp();
    const answers = gateway();
    await answers.ask(asking(), async () => told(7));
    data.change();
    expect(await answers.ask(asking(), async () => told(8))).toMatchObject({ total: 8 });
  });

  test('asked after a change do not take what was begun before it', async () => {
    const { gateway, data } = setUp();
    const answers = gateway();
    const { compute, started, begun } = controlled();
    const early = answers.ask(asking(), compute);
    await begun(1);
    data.change();
    const late = [1, 2].map(() => answers.ask(asking(), compute));
    await settled();
    started[0]?.answer(told(7));
    await begun(2);
    await settled();
    started[1]?.answer(told(8));
    expect((await early).total).toBe(7);
    expect((await Promise.all(late)).map(({ total }) => total)).toEqual([8, 8]);
    expect(started).toHaveLength(2);
  });

  test('of other projects, settings or arguments share nothing', async () => {
    const { gateway } = setUp();
    const answers = gateway();
    const others: Partial<SharedQuestion<object>>[] = [
      {},
      { name: 'bounceRate' },
      { question: { projectId: 'q' } },
      { question: { projectId: 'p', limit: 1 } as { projectId: string } },
      { question: { projectId: 'p', isApproximate: true } as { projectId: string } },
      { question: { projectId: 'p', isApproximate: false } as { projectId: string } },
      { settings: { linkedDomains: ['a.example'], sessionTimeoutSeconds: 1800 } },
      { settings: { linkedDomains: [], sessionTimeoutSeconds: 60 } },
      { settings: { linkedDomains: [], sessionTimeoutSeconds: 1800, channelRules: {} } },
    ];
    for (const [index, each] of others.entries()) {
      const answer = await answers.ask(asking(each), async () => told(index));
      expect(answer.total).toBe(index);
    }
  });

  test('of two databases share nothing', async () => {
    const { gateway } = setUp();
    expect((await gateway().ask(asking(), async () => told(1))).total).toBe(1);
    expect((await gateway('another').ask(asking(), async () => told(2))).total).toBe(2);
  });

  test('with arguments that text cannot say share nothing', async () => {
    const { gateway, outcomes } = setUp();
    const answers = gateway();
    for (const n of [1, 2]) {
      const question = { projectId: 'p', of: new Map([['n', n]]) };
      expect((await answers.ask(asking({ question }), async () => told(n))).total).toBe(n);
    }
    expect(outcomes).toEqual(['alone', 'alone']);
  });
});

describe('a caller who', () => {
  test('goes does not end what others wait for', async () => {
    const { gateway } = setUp();
    const answers = gateway();
    const { compute, started, begun } = controlled();
    const leaving = new AbortController();
    const first = answers.ask(asking({ signal: leaving.signal }), compute);
    await begun(1);
    const second = answers.ask(asking(), compute);
    await settled();
    leaving.abort();
    await expect(first).rejects.toThrow();
    expect(started[0]?.signal.aborted).toBe(false);
    started[0]?.answer(told(7));
    expect((await second).total).toBe(7);
  });

  test('is the last to go ends it, and the next begins anew', async () => {
    const { gateway } = setUp();
    const answers = gateway();
    const { compute, started, begun } = controlled();
    const leaving = new AbortController();
    const first = answers.ask(asking({ signal: leaving.signal }), compute);
    await begun(1);
    leaving.abort();
    await expect(first).rejects.toThrow();
    expect(started[0]?.signal.aborted).toBe(true);
    started[0]?.fail(new Error('ended'));
    await settled();
    const next = answers.ask(asking(), compute);
    await begun(2);
    started[1]?.answer(told(8));
    expect((await next).total).toBe(8);
  });

  test('joins another pays for the rows, and is refused when it cannot', async () => {
    const { gateway } = setUp();
    const answers = gateway();
    const { compute, started, begun } = controlled();
    const paid: number[] = [];
    const first = answers.ask(asking(), compute);
    await begun(1);
    const second = answers.ask(
      asking({ pay: async (rows: number) => void paid.push(rows) }),
      compute,
    );
    const third = answers.ask(
      asking({ pay: async () => Promise.reject(new AppError('COST_EXCEEDED', 'no')) }),
      compute,
    );
    third.catch(() => undefined);
    await settled();
    started[0]?.answer(told(7, 1234));
    await Promise.all([first, second]);
    expect(paid).toEqual([1234]);
    await expect(third).rejects.toMatchObject({ code: 'COST_EXCEEDED' });
  });

  test('may not spend enough is refused alone', async () => {
    const { gateway } = setUp();
    const answers = gateway();
    const { compute, started, begun } = controlled();
    const poor = answers.ask(asking(), compute);
    await begun(1);
    const rich = answers.ask(asking(), compute);
    await settled();
    started[0]?.fail(new AppError('COST_EXCEEDED', 'no'));
    await expect(poor).rejects.toMatchObject({ code: 'COST_EXCEEDED' });
    await begun(2);
    started[1]?.answer(told(7));
    expect((await rich).total).toBe(7);
  });
});

describe('a failure', () => {
  test('of the question reaches all who ask it, and is not kept', async () => {
    const { gateway } = setUp();
    const answers = gateway();
    const { compute, started, begun } = controlled();
    const asked = [1, 2].map(() => answers.ask(asking(), compute));
    const ends = Promise.allSettled(asked);
    await begun(1);
    await settled();
    started[0]?.fail(new AppError('WAREHOUSE_TIMEOUT', 'too slow'));
    for (const end of await ends) {
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'WAREHOUSE_TIMEOUT' } });
    }
    expect((await answers.ask(asking(), async () => told(8))).total).toBe(8);
  });

  test('of the cache leaves questions answered, once at a time in each gateway', async () => {
    const away = () => Promise.reject(new AppError('CACHE_UNAVAILABLE', 'away'));
    const { gateway } = setUp({ get: away, set: away, delete: away });
    const answers = gateway();
    const { compute, started, begun } = controlled();
    const asked = [1, 2].map(() => answers.ask(asking(), compute));
    await begun(1);
    await settled();
    started[0]?.answer(told(7));
    expect((await Promise.all(asked)).map(({ total }) => total)).toEqual([7, 7]);
    expect((await answers.ask(asking(), async () => told(8))).total).toBe(8);
  });

  test('to look at the data leaves questions answered without sharing', async () => {
    const { gateway, data, outcomes } = setUp();
    const answers = gateway();
    await answers.ask(asking(), async () => told(7));
    data.fail(new AppError('WAREHOUSE_UNAVAILABLE', 'away'));
    expect((await answers.ask(asking(), async () => told(8))).total).toBe(8);
    expect(outcomes).toEqual(['asked', 'alone']);
  });
});

describe('what is kept', () => {
  test('is no answer that text cannot say, or that is too large', async () => {
    const { gateway, outcomes } = setUp();
    const answers = gateway();
    const odd = { ...told(1), more: new Map([['a', 1]]) };
    const large = { ...told(1), more: 'x'.repeat(20_000) };
    for (const answer of [odd, large]) {
      const question = { projectId: 'p', of: Object.keys(outcomes).length };
      for (let n = 0; n < 2; n += 1) {
        expect(await answers.ask(asking({ question }), async () => answer)).toEqual(answer);
      }
    }
    expect(outcomes).toEqual(['asked', 'asked', 'asked', 'asked']);
  });

  test('is of the quarter hour in which it was asked', async () => {
    const { gateway, outcomes } = setUp();
    const answers = gateway();
    const later = told(1);
    const asOf = new Date(NOW + 900_000).toISOString();
    for (let n = 0; n < 2; n += 1) {
      await answers.ask(asking(), async () => ({ ...later, meta: { ...later.meta, asOf } }));
    }
    expect(outcomes).toEqual(['asked', 'asked']);
  });
});
