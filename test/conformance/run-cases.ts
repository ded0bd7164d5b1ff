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

/** What became of one case. */
export interface Outcome {
  readonly file: string;
  readonly name: string;
  readonly group: string;
  readonly metric: string;
  readonly ok: boolean;
  /** The first difference, or what went wrong; empty when it passed. */
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
const INGESTED_WITHIN_MS = 300_000;

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

/**
 * Runs every case of the given files and folders through one installation: each in a project of its
 * own, all delivered before the first is asked. A case that cannot be read, delivered or asked has
 * failed, and nothing more.
 *
 * @param metrics Runs only the cases of these; left out: every case.
 * @returns Outcomes sorted by file.
 */
export async function runCases({
  paths,
  mode,
  metrics,
}: {
  readonly paths: readonly string[];
  readonly mode: StackMode;
  readonly metrics?: readonly string[] | undefined;
}): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const cases: ConformanceCase[] = [];
  for (const file of caseFiles(paths)) {
    try {
      const item = readCase(file);
      if (metrics === undefined || metrics.includes(item.metric)) cases.push(item);
    } catch (error) {
      outcomes.push(failed({ file }, messageOf(error)));
    }
  }
  const stack = await startStack(mode);
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
    await untilIngested(stack, INGESTED_WITHIN_MS);
    for (const item of delivered) outcomes.push(await ask(stack, item));
  } finally {
    await stack.stop();
  }
  return outcomes.sort((a, b) => (a.file < b.file ? -1 : 1));
}
