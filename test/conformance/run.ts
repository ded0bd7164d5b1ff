/** `npm run conformance -- <dir|file>... [--json FILE] [--mode embedded|scaled] [--metric NAME,…]` */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { StackMode } from '../testkit/stack.js';
import { runCases } from './run-cases.js';

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      mode: { type: 'string', default: 'embedded' },
      metric: { type: 'string' },
    },
  });
  if (positionals.length === 0 || !['embedded', 'scaled'].includes(values.mode)) {
    process.stderr.write(
      'usage: npm run conformance -- <dir|file>... [--json FILE] [--mode embedded|scaled] [--metric NAME,NAME…]\n',
    );
    return 2;
  }
  const outcomes = await runCases({
    paths: positionals,
    mode: values.mode as StackMode,
    metrics: values.metric?.split(','),
  });
  for (const { ok, file, metric, problems } of outcomes) {
    if (!ok) process.stdout.write(`FAIL ${file} ${metric}: ${problems[0]}\n`);
  }
  const passedCount = outcomes.filter(({ ok }) => ok).length;
  const failedCount = outcomes.length - passedCount;
  if (values.json !== undefined) {
    const report = { passed: passedCount, failed: failedCount, cases: outcomes };
    writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  process.stdout.write(`${passedCount} passed, ${failedCount} failed\n`);
  return failedCount === 0 ? 0 : 1;
}

process.exitCode = await main();
