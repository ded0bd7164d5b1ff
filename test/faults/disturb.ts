import { setTimeout as wait } from 'node:timers/promises';
import { chooseFault } from './faults.js';
import type { Installation } from './installation.js';
import { between, type Random } from './random.js';

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
  /** Kills of a writer that left a batch handed out and not confirmed. */
  readonly killsBeforeCommit: number;
}

/** Pause between two faults, ms: long enough for batches to be on their way again. */
const LEAST_PAUSE_MS = 500;
const MOST_PAUSE_MS = 1_300;
/** Parts that may be down at the same time. */
const MOST_AT_ONCE = 2;
/** How long is waited for a batch to be handed out before a writer is killed. */
const OPEN_WITHIN_MS = 2_000;

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
  const mending = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let faults = 0;
  let kills = 0;
  let killsBeforeCommit = 0;

  const isEnough = (): boolean => {
    const ms = Date.now() - startedAt;
    return ms > 2 * forMs || (ms > forMs && killsBeforeCommit >= leastKillsBeforeCommit);
  };
  while (!isEnough() && failures.length === 0 && !signal.aborted) {
    await wait(between(random, LEAST_PAUSE_MS, MOST_PAUSE_MS));
    if (mending.size >= MOST_AT_ONCE) {
      await Promise.race(mending);
      continue;
    }
    const chosen = chooseFault(random, installation);
    if (chosen === null) continue;
    const { fault, victim } = chosen;
    const isKill = fault.name.startsWith('kill');
    if (fault.killsWriter) await untilOpen(installation);
    const mend = await fault.apply(installation, victim, random);
    faults += 1;
    let open: readonly string[] = [];
    if (isKill) {
      kills += 1;
      if (fault.killsWriter) open = await openAfter(installation);
      if (open.length > 0) killsBeforeCommit += 1;
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

async function untilOpen({ openIntents }: Installation): Promise<void> {
  const until = Date.now() + OPEN_WITHIN_MS;
  while (Date.now() < until) {
    if ((await openIntents().catch(() => [])).length > 0) return;
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
