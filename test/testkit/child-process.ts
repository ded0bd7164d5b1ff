import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What the awaited line's pattern captured. */
  readonly match: RegExpExecArray;
  /** Ends the process with SIGTERM and waits; SIGKILL after ten seconds. */
  stop(): Promise<void>;
  /** Sends a signal and, for SIGKILL, waits for the end. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** The last lines of both outputs, for messages. */
  tail(): string;
}

export interface StartOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** The process counts as started once a line of its output matches. */
  readonly readyLine: RegExp;
  readonly deadlineMs?: number;
}

/** Starts a process and waits for the line that says it is ready. */
export async function startProcess(options: StartOptions): Promise<Started> {
  const spawnOptions: SpawnOptions = {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  };
  const child = spawn(options.command, [...options.args], spawnOptions);
  const lines: string[] = [];
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const tail = (): string => lines.slice(-40).join('\n');
  const match = await new Promise<RegExpExecArray>((resolve, reject) => {
    const name = `${options.command} ${options.args.join(' ')}`.slice(0, 200);
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${name} was not ready in time:\n${tail()}`));
    }, options.deadlineMs ?? 60_000);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (lines.length > 400) lines.splice(0, 200);
        const found = options.readyLine.exec(line);
        if (found === null) return;
        clearTimeout(timer);
        resolve(found);
      });
    }
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`${name} ended with ${code ?? signal} before it was ready:\n${tail()}`));
    });
  });
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    if (signal === 'SIGKILL') await exited;
  };
  return {
    child,
    pid: child.pid ?? -1,
    match,
    kill,
    tail,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(timer);
    },
  };
}
