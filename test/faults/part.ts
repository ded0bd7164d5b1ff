/** A process of the installation that a fault may hit. */
export interface Part {
  readonly name: string;
  /** False from a fault until the process is back and ready. */
  readonly isUp: boolean;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts the process where it was; resolves when it is ready. */
  restart(): Promise<void>;
  /** SIGSTOP, and SIGCONT after so long. */
  pause(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** What a part needs of a started process. */
export interface Running {
  readonly pid: number | null;
  kill(signal: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a process and keeps it as a {@link Part}. */
export async function startPart(name: string, start: () => Promise<Running>): Promise<Part> {
  let running = await start();
  let isUp = true;
  return {
    name,
    get isUp() {
      return isUp;
    },
    async kill() {
      isUp = false;
      await running.kill('SIGKILL');
    },
    async restart() {
      running = await start();
      isUp = true;
    },
    async pause(ms) {
      isUp = false;
      const { pid } = running;
      if (pid === null) throw new Error(`${name} has no process of its own to pause`);
      process.kill(pid, 'SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, ms));
      process.kill(pid, 'SIGCONT');
      isUp = true;
    },
    async stop() {
      isUp = false;
      await running.stop();
    },
  };
}
