import { describe, expect, test } from '@jest/globals';
import { runFaults } from '../faults/run-faults.js';

/** One minute each with a fixed seed; `npm run faults` takes other seeds and longer times. */
describe.each(['embedded', 'scaled'] as const)('under kills, pauses and cuts, %s', (mode) => {
  test('every metric equals truth computed from the acknowledged events', async () => {
    const lines: string[] = [];
    const run = await runFaults({ seed: 1, minutes: 1, mode, print: (line) => lines.push(line) });
    if (run.problems.length > 0) throw new Error(lines.join('\n'));
    expect(run.acknowledged).toBeGreaterThan(10_000);
    expect(run.killsBeforeCommit).toBeGreaterThanOrEqual(20);
  }, 1_500_000);
});
