import { describe, expect, test } from '@jest/globals';
import type { OpenIntent } from '../../../src/event-log/event-log.js';
import type { LedgerPorts } from '../../../src/ledger/ledger-ports.js';
import { whileWritesAreHeld } from '../../../src/ledger/write-hold.js';
import { createTelemetry } from '../../../src/telemetry.js';
import type { Statement } from '../../../src/warehouse/statement.js';

const signal = AbortSignal.timeout(60_000);
const INTENT: OpenIntent = {
  topic: 'web',
  partition: 0,
  firstOffset: 5n,
  lastOffset: 9n,
  openedAt: 1_000,
};

/** A warehouse that answers each look from a list, its last answer again and again. */
function harness({
  running = [[]],
  openRows = () => 0,
  left = [10_000],
  intent = null,
  cluster = null,
}: {
  readonly running?: readonly (readonly string[])[];
  /** Rows of open batches, by the number of holds so far. */
  readonly openRows?: (holds: number) => number;
  readonly left?: readonly number[];
  readonly intent?: OpenIntent | null;
  readonly cluster?: string | null;
} = {}) {
  const effects: string[] = [];
  const looks = new Map<string, number>();
  const next = <Answer>(name: string, answers: readonly Answer[]): Answer => {
    const look = looks.get(name) ?? 0;
    looks.set(name, look + 1);
    const answer = answers[Math.min(look, answers.length - 1)];
    if (answer === undefined) throw new Error(`no answer for ${name}`);
    return answer;
  };
  const answer = (name: string): readonly unknown[] => {
    switch (name) {
      case 'ledger.running_writes':
        return next(name, running).map((id) => ({ id }));
      case 'ledger.open_rows':
        return [{ found: openRows(effects.filter((one) => one === 'ledger.hold').length) }];
      case 'ledger.hold_left':
        return [{ left: next(name, left) }];
      default:
        throw new Error(`unexpected ${name}`);
    }
  };
  const ports: LedgerPorts = {
    warehouse: {
      async query<Row>({ name }: Statement<Row>) {
        effects.push(name);
        return { rows: answer(name) as readonly Row[], rowsRead: 0, elapsedMs: 0 };
      },
      async execute({ name }) {
        effects.push(name);
      },
    },
    database: 'db',
    cluster,
    eventLog: {
      positions: async () => [
        {
          topic: 'web',
          partition: 0,
          begin: 0n,
          end: 10n,
          committed: 5n,
          oldestUnreadAt: null,
          openIntent: intent,
        },
      ],
    },
    group: 'g',
    topics: { web: 'web', app: 'app', deadLetters: 'dead', foreign: [] },
    batchTokenOf: () => 'web/0/5-9',
    clock: Date.now,
    log: createTelemetry({ level: 'silent' }).log,
  };
  const hold = <Result>(work: () => Promise<Result>, mostTries = 15) =>
    whileWritesAreHeld({ ports, signal, reason: 'test', mostTries }, async ({ assertInForce }) => {
      effects.push('work');
      const result = await work();
      await assertInForce();
      return result;
    });
  return { effects, hold };
}

describe('writes are held', () => {
  test('before anything is looked at, and let go after the work, also when it fails', async () => {
    const { effects, hold } = harness();
    const { result } = await hold(async () => 'done');
    expect(result).toBe('done');
    expect(effects).toEqual([
      'ledger.hold',
      'ledger.running_writes',
      'work',
      'ledger.hold_left',
      'ledger.release',
    ]);
    const failing = harness();
    await expect(failing.hold(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(failing.effects.at(-1)).toBe('ledger.release');
  });

  test('until the inserts that ran before have ended, however many begin meanwhile', async () => {
    const { effects, hold } = harness({ running: [['a', 'b'], ['b', 'c'], ['b', 'd'], ['e']] });
    await hold(async () => undefined);
    const work = effects.indexOf('work');
    expect(effects.slice(0, work).filter((name) => name === 'ledger.running_writes')).toHaveLength(
      4,
    );
  });

  test('until no open batch has rows in silver', async () => {
    let looks = 0;
    const openRows = () => {
      looks += 1;
      return looks < 3 ? 1 : 0;
    };
    const { effects, hold } = harness({ intent: INTENT, openRows });
    await hold(async () => undefined);
    const work = effects.indexOf('work');
    expect(effects.slice(0, work).filter((name) => name === 'ledger.open_rows')).toHaveLength(3);
  });

  test('anew, once a batch that keeps its rows has had time to be completed', async () => {
    const { effects, hold } = harness({ intent: INTENT, openRows: (holds) => (holds < 2 ? 1 : 0) });
    await hold(async () => undefined);
    const holds = effects.filter((name) => /hold$|release|work/.test(name));
    expect(holds).toEqual([
      'ledger.hold',
      'ledger.release',
      'ledger.hold',
      'work',
      'ledger.release',
    ]);
  });

  test('never for good: a batch that stays half done is an error that says what to look at', async () => {
    const { effects, hold } = harness({ intent: INTENT, openRows: () => 1 });
    await expect(hold(async () => undefined, 1)).rejects.toMatchObject({
      code: 'CONFLICT',
      isRetryable: true,
    });
    expect(effects).not.toContain('work');
    expect(effects.at(-1)).toBe('ledger.release');
  });
});

test('a hold that ends too soon fails the work that relies on it', async () => {
  const { hold } = harness({ left: [4_000] });
  await expect(hold(async () => undefined)).rejects.toMatchObject({
    code: 'WAREHOUSE_TIMEOUT',
    isRetryable: true,
  });
});

test('a cluster is refused, since writes on its other nodes could not be held', async () => {
  const { effects, hold } = harness({ cluster: 'main' });
  await expect(hold(async () => undefined)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  expect(effects).toEqual([]);
});
