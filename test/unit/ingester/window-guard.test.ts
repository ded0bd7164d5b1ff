import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { createWindowGuard } from '../../../ingest/ingester/window-guard.js';
import type { PartitionPosition } from '../../../src/event-log/event-log.js';
import { createTelemetry } from '../../../src/telemetry.js';
import type { Statement } from '../../../src/warehouse/statement.js';

const NOW = Date.UTC(2026, 0, 1);
const LIMIT = 100;

/** Partition 0 of `web` has had an open batch for a minute; `taken` places were taken since. */
function guarded(taken: number) {
  const state = { taken, isOpen: true };
  const positions = async (): Promise<readonly PartitionPosition[]> => [
    {
      ...{ topic: 'web', partition: 0, begin: 0n, end: 9n, committed: 0n, oldestUnreadAt: null },
      openIntent: state.isOpen
        ? { topic: 'web', partition: 0, firstOffset: 0n, lastOffset: 4n, openedAt: NOW - 60_000 }
        : null,
    },
  ];
  const query = async <Row>(_: Statement<Row>) => ({
    rows: [{ places: state.taken }] as unknown as readonly Row[],
    rowsRead: 0,
    elapsedMs: 0,
  });
  const admit = createWindowGuard({
    positions,
    warehouse: { query },
    database: 'db',
    limit: LIMIT,
    log: createTelemetry({ level: 'silent' }).log,
    onLook: () => undefined,
    clock: () => NOW,
  });
  return { state, admit };
}

describe('while a batch is open and the window fills', () => {
  test('the others wait at the limit, and go on once it is done', async () => {
    const { state, admit } = guarded(LIMIT);
    let isAdmitted = false;
    const admitted = admit({ topic: 'web', partition: 1 }, 1, new AbortController().signal).then(
      () => {
        isAdmitted = true;
      },
    );
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    expect(isAdmitted).toBe(false);
    state.isOpen = false;
    state.taken = 0;
    await admitted;
    expect(isAdmitted).toBe(true);
  });

  test('the open batch itself does not wait', async () => {
    const { admit } = guarded(LIMIT);
    await admit({ topic: 'web', partition: 0 }, 1, AbortSignal.timeout(10_000));
  });

  test('nobody waits below the limit', async () => {
    const { admit } = guarded(LIMIT / 2);
    await admit({ topic: 'app', partition: 1 }, 1, AbortSignal.timeout(10_000));
  });

  test('who waits leaves when its lane is lost', async () => {
    const { admit } = guarded(LIMIT);
    const lost = new AbortController();
    const admitted = expect(
      admit({ topic: 'web', partition: 1 }, 1, lost.signal),
    ).rejects.toBeDefined();
    lost.abort();
    await admitted;
  });
});
