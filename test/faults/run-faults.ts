import { setTimeout as wait } from 'node:timers/promises';
import { randomNumbers } from '../testkit/random-numbers.js';
import { askGraphql, createTestProject, type StackMode } from '../testkit/stack.js';
import { compareWithTruth } from './compare.js';
import { type Disturbance, disturb, MOST_LONGER_MS } from './disturb.js';
import { type Installation, startInstallation } from './installation.js';
import { proveLedger } from './ledger.js';
import { createSender, type Sender, type Sent } from './sender.js';
import { type FaultProject, faultStream } from './stream.js';

export interface FaultRunOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly mode: StackMode;
  readonly print: (line: string) => void;
}

/** How a run ended. */
export interface FaultRun extends Disturbance {
  readonly acknowledged: number;
  readonly problems: readonly string[];
}

/** A tenth and more above 2,000, as what outages held up is sent when the faults are over. */
const EVENTS_PER_SECOND = 2_300;
/** Fewer kills between intent and commit prove too little. */
const LEAST_KILLS_BEFORE_COMMIT = 20;
const DRAIN_WITHIN_MS = 420_000;

/**
 * One run: a stream of events into an installation that is killed, paused and cut off all the while,
 * then the ledger, and the comparison of every metric with truth computed from the acknowledged events.
 */
export async function runFaults(options: FaultRunOptions): Promise<FaultRun> {
  const { seed, minutes, mode, print } = options;
  const installation = await startInstallation(mode);
  try {
    const { projects, deliveries } = faultStream({
      seed,
      // A run may take longer than its time to see enough kills.
      count: (2 * minutes * 60 + MOST_LONGER_MS / 1000) * EVENTS_PER_SECOND,
      withForeignKeys: installation.appendForeign !== null,
    });
    print(`${mode}, seed ${seed}: ${EVENTS_PER_SECOND} deliveries a second`);
    const keys = await createProjects(installation, projects);
    const sender = createSender({
      collectorUrl: installation.collectorUrl,
      keys: new Map([...keys].map(([projectId, key]) => [projectId, key.importerKey])),
      deliveries,
      perSecond: EVENTS_PER_SECOND,
      appendForeign: installation.appendForeign,
    });
    const ended = new AbortController();
    const watching = watchCounts({ installation, projects, keys, sender, signal: ended.signal });
    const disturbed = new AbortController();
    const sending = sender.run(disturbed.signal);
    // Who stops sending has nothing to disturb, and no part may come back behind the end.
    sending.catch(() => disturbed.abort());
    const disturbance = await disturb({
      installation,
      random: randomNumbers(seed + 1),
      forMs: minutes * 60_000,
      leastKillsBeforeCommit: LEAST_KILLS_BEFORE_COMMIT,
      signal: disturbed.signal,
      print,
    });
    disturbed.abort();
    const sent = await sending;
    tell(sent, print);
    const readIn = await untilRead(installation);
    print(`all read ${readIn.toFixed(0)} s after the last answer`);
    ended.abort();
    const watched = await watching;
    print(`while it ran: ${watched.answers} answers, none above what was sent, none going back`);

    const unproved = await proveLedger(installation, print);
    const { warehouse, database } = await installation.openWarehouse();
    const comparedAt = Date.now();
    const differences = await compareWithTruth({
      warehouse,
      database,
      projects,
      acknowledged: sent.acknowledged,
      print,
    });
    print(`compared in ${((Date.now() - comparedAt) / 1000).toFixed(0)} s`);
    const acknowledged = [...sent.acknowledged.values()].reduce(
      (sum, list) => sum + list.length,
      0,
    );
    const problems = [
      ...watched.problems,
      ...unproved,
      ...differences,
      ...(disturbance.killsBeforeCommit < LEAST_KILLS_BEFORE_COMMIT
        ? [
            `expected at least ${LEAST_KILLS_BEFORE_COMMIT} kills between intent and commit, got ${disturbance.killsBeforeCommit}`,
          ]
        : []),
    ];
    for (const problem of problems) print(`DIFFERS ${problem}`);
    print(
      `faults ${mode} seed ${seed}: ${disturbance.faults} faults, ${disturbance.kills} kills, ${disturbance.killsBeforeCommit} between intent and commit, ${acknowledged} events: ${problems.length === 0 ? 'equal to truth' : `${problems.length} problems`}`,
    );
    return { ...disturbance, acknowledged, problems };
  } finally {
    await installation.stop();
  }
}

type ProjectKeys = Awaited<ReturnType<typeof createTestProject>>;

async function createProjects(
  { adminKey, gatewayUrl }: Installation,
  projects: readonly FaultProject[],
): Promise<ReadonlyMap<string, ProjectKeys>> {
  const stack = { gatewayUrls: [gatewayUrl], adminKey };
  const keys = new Map<string, ProjectKeys>();
  for (const { projectId, question } of projects) {
    keys.set(
      projectId,
      await createTestProject(stack, projectId, {
        linkedDomains: question.linkedDomains,
        sessionTimeoutSeconds: question.timeoutSeconds,
      }),
    );
  }
  return keys;
}

function tell(sent: Sent, print: (line: string) => void): void {
  const copies = [...sent.copies].map(([kind, count]) => `${count} ${kind}`).join(', ');
  print(
    `sent in ${sent.seconds.toFixed(0)} s (${Math.round(sent.deliveries / sent.seconds)} a second): ${sent.late} late; copies: ${copies}; ${sent.unanswered} requests repeated`,
  );
}

/**
 * Asks for counts all the while: a number above what was sent, or below one given before, is wrong
 * at the moment it is given. No answer is no wrong answer.
 */
async function watchCounts({
  installation,
  projects,
  keys,
  sender,
  signal,
}: {
  readonly installation: Installation;
  readonly projects: readonly FaultProject[];
  readonly keys: ReadonlyMap<string, ProjectKeys>;
  readonly sender: Pick<Sender, 'offered'>;
  readonly signal: AbortSignal;
}): Promise<{ readonly answers: number; readonly problems: readonly string[] }> {
  const before = new Map<string, number>();
  const problems: string[] = [];
  let answers = 0;
  for (let turn = 0; !signal.aborted; turn += 1) {
    await wait(250);
    const project = projects[turn % projects.length];
    if (project === undefined) break;
    const { projectId } = project;
    try {
      const { eventVolume } = await askGraphql<{ eventVolume: { total: number } }>(
        installation.gatewayUrl,
        keys.get(projectId)?.readKey ?? '',
        '{ eventVolume(range: { from: "2000-01-01", to: "2030-01-01" }, includeBots: true) { total } }',
      );
      const { total } = eventVolume;
      answers += 1;
      if (total > sender.offered(projectId)) {
        problems.push(`${projectId}: ${total} events answered, ${sender.offered(projectId)} sent`);
      }
      if (total < (before.get(projectId) ?? 0)) {
        problems.push(`${projectId}: ${total} events answered after ${before.get(projectId)}`);
      }
      before.set(projectId, total);
    } catch {
      // The gateway, or what it asks, is away; the answer is looked for again.
    }
  }
  return { answers, problems };
}

/** Waits until everything on the log is confirmed, by what the ingesters say of their lag; seconds. */
async function untilRead({ urls }: Installation): Promise<number> {
  const startedAt = Date.now();
  const until = startedAt + DRAIN_WITHIN_MS;
  for (let calm = 0; calm < 3; ) {
    const lags = await Promise.all(urls.map((url) => lagOf(url).catch(() => Number.NaN)));
    calm = lags.every((lag) => lag === 0) ? calm + 1 : 0;
    if (Date.now() > until) throw new Error(`events were not read in time, lag ${lags.join(', ')}`);
    await wait(200);
  }
  return (Date.now() - startedAt) / 1000;
}

/** Sum of the consumer lag that a process reports; 0 where it runs no ingester. */
async function lagOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const values = [...text.matchAll(/^sluice_ingester_consumer_lag_records(?:\{[^}]*\})? (\S+)$/gm)];
  const isIngester = text.includes('sluice_ingester_consumer_lag_records');
  if (isIngester && values.length === 0) return Number.NaN;
  return values.reduce((sum, match) => sum + Number(match[1]), 0);
}
