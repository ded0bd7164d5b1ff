import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** How a process got through the events of a log. */
export interface MeasuredRun {
  readonly events: number;
  readonly eventsPerSecond: number;
  /** Of the whole process, user and system, per million events. */
  readonly cpuSecondsPerMillion: number;
  /** Largest resident memory of the process since its start. */
  readonly peakMb: number;
}

export interface MeasureOptions {
  readonly pid: number;
  /** Events that are in gold now. */
  readonly count: () => Promise<number>;
  /** The run ends once so many are. */
  readonly total: number;
  /** Longest wait without a further event, ms. */
  readonly patienceMs?: number;
}

const LOOK_MS = 100;
/** Largest share of the events that the first look may find in gold: the rest has to tell a speed. */
const SHARE_AT_FIRST_LOOK = 0.75;
/** Clock ticks of /proc a second: fixed for user space on Linux. */
const TICKS = 100;

/** Most events were there at the first look: the few after it tell no speed. */
export class RunTooShort extends Error {}

/** Processor time of a process so far, s. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Largest resident memory of a process so far. */
export function peakMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/**
 * Watches a process from the first event in gold to the last. Its start, the joining of a group and
 * the first block are left out, of the events and of the time.
 *
 * @throws {RunTooShort} When more than three quarters of the events came in one piece.
 */
export async function measureRun({
  pid,
  count,
  total,
  patienceMs = 60_000,
}: MeasureOptions): Promise<MeasuredRun> {
  let first: { at: number; count: number; cpu: number } | null = null;
  let last = { at: performance.now(), count: 0, cpu: 0 };
  while (last.count < total) {
    await setTimeout(LOOK_MS);
    const seen = await count();
    const at = performance.now();
    if (seen > last.count) {
      last = { at, count: seen, cpu: cpuSeconds(pid) };
      first ??= last;
    } else if (at - last.at > patienceMs) {
      throw new Error(`stayed at ${seen} of ${total} events for ${patienceMs} ms`);
    }
  }
  if (first === null || first.count > total * SHARE_AT_FIRST_LOOK) {
    throw new RunTooShort(
      `the first look found ${first?.count ?? 0} of ${total} events, which leaves too few to tell a speed`,
    );
  }
  const events = last.count - first.count;
  return {
    events: last.count,
    eventsPerSecond: events / ((last.at - first.at) / 1000),
    cpuSecondsPerMillion: ((last.cpu - first.cpu) / events) * 1e6,
    peakMb: peakMb(pid),
  };
}
