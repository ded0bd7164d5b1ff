import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runCases } from '../conformance/run-cases.js';
import { repositoryRoot } from '../testkit/clickhouse-stand-in.js';

/** Cases worked out by hand from METRICS-SPEC, edge by edge, in the format of the runner. */
const CASES = join(repositoryRoot(), 'test/fixtures/conformance');

test.each(['embedded', 'scaled'] as const)(
  'every worked case has the numbers that the specification gives it, %s',
  async (mode) => {
    const outcomes = await runCases({ paths: [CASES], mode });
    expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(70);
  },
  300_000,
);
