/** `npm run conformance -- <dir|file>... [--json FILE] [--mode embedded|scaled] [--metric NAME,…]` */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/errors.js';
import {
  askGraphql,
  createTestProject,
  postEvents,
  type Stack,
  type StackMode,
  startStack,
  untilIngested,
} from '../testkit/stack.js';
import { firstDifference } from './compare.js';
import { type ConformanceCase, caseFiles, readCase } from './conformance-case.js';
import { METRIC_OPERATIONS } from './metric-operations.js';

interface Outcome {
  readonly file: string;
  readonly name: string;
  readonly group: string;
  readonly metric: string;
  readonly ok: boolean;
  readonly problems: readonly string[];
  readonly ms: number;
}

interface Delivered {
  readonly item: ConformanceCase;
  readonly project: string;
  readonly readKey: string;
}

/** Most events in one request to the collector. */
const POST_EVENTS = 1_000;

function failed(item: Partial<ConformanceCase> & { file: string }, problem: string): Outcome {
  return {
    file: item.file,
    name: item.name ?? '',
    group: item.group ?? '',
    metric: item.metric ?? '',
    ok: false,
    problems: [problem],
    ms: 0,
  };
}

async function deliver(stack: Stack, item: ConformanceCase, project: string): Promise<Delivered> {
  const { importerKey, readKey } = await createTestProject(stack, project, {
    timeZone: 'UTC',
    linkedDomains: item.linkedDomains,
  });
  for (let at = 0; at < item.events.length; at += POST_EVENTS) {
    await postEvents(stack, importerKey, item.events.slice(at, at + POST_EVENTS));
  }
  return { item, project, readKey };
}

async function ask(stack: Stack, { item, project, readKey }: Delivered): Promise<Outcome> {
  const startedAt = performance.now();
  const build = METRIC_OPERATIONS[item.metric];
  if (build === undefined) return failed(item, 'unsupported');
  let answer: Readonly<Record<string, unknown>>;
  try {
    const { query, variables, toAnswer } = build(project, item.params);
    const url = stack.gatewayUrls[0] ?? '';
    answer = toAnswer(await askGraphql<Record<string, unknown>>(url, readKey, query, variables));
  } catch (error) {
    const { code } = error as { code?: string };
    if (item.expected.error === undefined) {
      return failed(item, `expected an answer got ${code ?? ''} ${messageOf(error)}`);
    }
    answer = { error: code };
  }
  const difference = firstDifference(item.expected, answer, item.tolerance);
  return {
    file: item.file,
    name: item.name,
    group: item.group,
    metric: item.metric,
    ok: difference === null,
    problems: difference === null ? [] : [difference],
    ms: Math.round(performance.now() - startedAt),
  };
}

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
  const outcomes: Outcome[] = [];
  const cases: ConformanceCase[] = [];
  const metrics = values.metric?.split(',');
  for (const file of caseFiles(positionals)) {
    try {
      const item = readCase(file);
      if (metrics === undefined || metrics.includes(item.metric)) cases.push(item);
    } catch (error) {
      outcomes.push(failed({ file }, messageOf(error)));
    }
  }
  const stack = await startStack(values.mode as StackMode);
  try {
    const delivered: Delivered[] = [];
    for (const [index, item] of cases.entries()) {
      if (METRIC_OPERATIONS[item.metric] === undefined) {
        outcomes.push(failed(item, 'unsupported'));
        continue;
      }
      try {
        delivered.push(await deliver(stack, item, `case-${index}`));
      } catch (error) {
        outcomes.push(failed(item, messageOf(error)));
      }
    }
    await untilIngested(stack, 300_000);
    for (const item of delivered) outcomes.push(await ask(stack, item));
  } finally {
    await stack.stop();
  }
  outcomes.sort((a, b) => (a.file < b.file ? -1 : 1));
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
