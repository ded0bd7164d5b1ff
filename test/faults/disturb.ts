import { setTimeout as wait } from 'node:timers/promises';
import { between, type Random } from '../testkit/random-numbers.js';
import { chooseFault, type Fault } from './faults.js';
import type { Installation } from './installation.js';

export interface DisturbOptions {
  readonly installation: Installation;
  readonly random: Random;
  /** It lasts this long, and longer until so many kills fell between intent and commit. */
  readonly forMs: number;
  readonly leastKillsBeforeCommit: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Told of each fault as it strikes. */
  readonly print: (line: string) => void;
}

/** What was done to the installation. */
export interface Disturbance {
  readonly faults: number;
  readonly kills: number;
  /** Kills of a writer that left a batch handed out and not confirmed, which none had met before. */
  readonly killsBeforeCommit: number;
}

/** Faults of a run, about; the pauses between them follow from its length. */
const FAULTS_OF_A_RUN = 50;
/** Shortest and longest mean pause between two faults, ms. */
const LEAST_PAUSE_MS = 800;
const MOST_PAUSE_MS = 4_000;
/** Parts that may be down at the same time. */
const MOST_AT_ONCE = 2;
/**
 * How long is waited for a batch that no kill has met, before a writer is killed: long enough for a
 * busy machine to finish the batches it repeats. Kills that follow faster than batches end would
 * meet the same ones again and again.
 */
const OPEN_WITHIN_MS = 20_000;
/** How much longer than twice its time a run may take to see enough kills, ms; the stream lasts as long. */
export const MOST_LONGER_MS = 120_000;

/**
 * Strikes the installation with faults for a time, some of them at once, and leaves it whole.
 * Before a writer is killed it is waited until a batch is handed out, so that the kill falls between
 * intent and commit; whether it did is looked up afterwards, in what the log has kept.
 *
 * @throws Error when a part does not come back.
 */
export async function disturb({
  installation,
  random,
  forMs,
  leastKillsBeforeCommit,
  signal,
  print,
}: DisturbOptions): Promise<Disturbance> {
  const startedAt = Date.now();
  const pauseMs = Math.min(Math.max(forMs / FAULTS_OF_A_RUN, LEAST_PAUSE_MS), MOST_PAUSE_MS);
  const mending = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let faults = 0;
  let kills = 0;
  let killsBeforeCommit = 0;
  const struck = new Map<Fault, number>();
  /** Batches that a kill has met already; the next one is to meet another. */
  const met = new Set<string>();

  const isEnough = (): boolean => {
    const ms = Date.now() - startedAt;
    return (
      ms > 2 * forMs + MOST_LONGER_MS || (ms > forMs && killsBeforeCommit >= leastKillsBeforeCommit)
    );
  };
  while (!isEnough() && failures.length === 0 && !signal.aborted) {
    await wait(between(random, pauseMs / 2, (3 * pauseMs) / 2));
    if (mending.size >= MOST_AT_ONCE) {
      await Promise.race(mending);
      continue;
    }
    const chosen = chooseFault(random, installation, struck);
    if (chosen === null) continue;
    const { fault, victim } = chosen;
    const isKill = fault.name.startsWith('kill');
    if (fault.killsWriter) await untilOpen(installation, met);
    const mend = await fault.apply(installation, victim, random);
    faults += 1;
    struck.set(fault, (struck.get(fault) ?? 0) + 1);
    let open: readonly string[] = [];
    if (isKill) {
      kills += 1;
      if (fault.killsWriter) open = await openAfter(installation);
      if (open.some((intent) => !met.has(intent))) killsBeforeCommit += 1;
      for (const intent of open) met.add(intent);
    }
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(6);
    const left = fault.killsWriter ? `, unfinished: ${open.join(' ') || 'none'}` : '';
    print(`${seconds} s  ${fault.name} (${victim.name})${left}`);
    const mended: Promise<void> = mend()
      .catch((error: unknown) => {
        failures.push(error);
      })
      .finally(() => mending.delete(mended));
    mending.add(mended);
  }
  await Promise.all(mending);
  if (failures.length > 0) throw failures[0];
  return { faults, kills, killsBeforeCommit };
}

async function untilOpen({ openIntents }: Installation, met: ReadonlySet<string>): Promise<void> {
  const until = Date.now() + OPEN_WITHIN_MS;
  while (Date.now() < until) {
    const open = await openIntents().catch(() => []);
    if (open.some((intent) => !met.has(intent))) return;
    await wait(2);
  }
}

/** Intents that stay open though time passes: their owner or their warehouse is gone. */
async function openAfter({ openIntents }: Installation): Promise<readonly string[]> {
  const atOnce = await openIntents().catch(() => []);
  await wait(100);
  const later = new Set(await openIntents().catch(() => []));
  return atOnce.filter((intent) => later.has(intent));
}
