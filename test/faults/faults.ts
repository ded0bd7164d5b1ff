import { between, pickWeighted, type Random } from '../testkit/random-numbers.js';
import type { StackMode } from '../testkit/stack.js';
import type { Installation } from './installation.js';
import type { Part } from './part.js';

/** One kind of trouble. */
export interface Fault {
  readonly name: string;
  readonly modes: readonly StackMode[];
  /** How often it is chosen, relative to the others. */
  readonly weight: number;
  /** True where it kills what stands between an intent and its commit. */
  readonly killsWriter: boolean;
  /** Names of the parts it hits; it is left out while none of them is up. */
  readonly hits: (name: string) => boolean;
  /** Makes the trouble. @returns What is to be done until all is well again. */
  apply(installation: Installation, victim: Part, random: Random): Promise<() => Promise<void>>;
}

/** Kills a part; it comes back at once. */
async function killAndRestart(_: Installation, victim: Part): Promise<() => Promise<void>> {
  await victim.kill();
  return () => victim.restart();
}

const isIngester = (name: string): boolean => name.startsWith('ingester');

const kill = (name: string, weight: number, killsWriter: boolean): Fault => ({
  name: `kill ${name}`,
  modes: [name === 'server' ? 'embedded' : 'scaled'],
  weight,
  killsWriter,
  hits: (part) => (name === 'ingester' ? isIngester(part) : part === name),
  apply: killAndRestart,
});

/** Every fault of a run. */
export const FAULTS: readonly Fault[] = [
  kill('server', 12, true),
  kill('ingester', 12, true),
  kill('warehouse', 9, true),
  kill('collector', 2, false),
  kill('gateway', 1, false),
  kill('kafka', 1, false),
  kill('redis', 1, false),
  {
    name: 'pause an ingester past its session',
    modes: ['scaled'],
    weight: 2,
    killsWriter: false,
    hits: isIngester,
    async apply(_, victim, random) {
      const ms = between(random, 2_000, 4_000);
      return () => victim.pause(ms);
    },
  },
  {
    name: 'pause the server',
    modes: ['embedded'],
    weight: 1,
    killsWriter: false,
    hits: (part) => part === 'server',
    apply: async (_, victim, random) => () => victim.pause(between(random, 300, 1_500)),
  },
  {
    name: 'one ingester more, for a while',
    modes: ['scaled'],
    weight: 2,
    killsWriter: false,
    hits: (part) => part === 'kafka',
    async apply({ startIngester }) {
      return async () => {
        const third = await startIngester?.();
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        await third?.stop();
      };
    },
  },
  {
    name: 'cut the connections of',
    modes: ['embedded', 'scaled'],
    weight: 2,
    killsWriter: false,
    hits: (part) => part === 'server' || part === 'kafka',
    async apply({ proxies }, _, random) {
      const all = [...proxies.values()];
      all[between(random, 0, all.length - 1)]?.cut();
      return async () => undefined;
    },
  },
  {
    name: 'freeze the connections of the warehouse',
    modes: ['scaled'],
    weight: 1,
    killsWriter: false,
    hits: (part) => part === 'warehouse',
    async apply({ proxies }, _, random) {
      const proxy = proxies.get('warehouse');
      proxy?.freeze();
      return async () => {
        await new Promise((resolve) => setTimeout(resolve, between(random, 500, 2_000)));
        proxy?.restore();
      };
    },
  },
];

/** How often a fault that has struck least so far is taken, whatever the weights say. */
const RARE_SHARE = 0.35;

/**
 * A fault and its victim, by the weights, and now and then one that was rare until now, so that even
 * a short run sees every kind; null while nothing that could be hit is up.
 *
 * @param struck How often each has struck.
 */
export function chooseFault(
  random: Random,
  { mode, parts }: Pick<Installation, 'mode' | 'parts'>,
  struck: ReadonlyMap<Fault, number>,
): { readonly fault: Fault; readonly victim: Part } | null {
  const up = parts.filter(({ isUp }) => isUp);
  const possible = FAULTS.filter(
    ({ modes, hits }) => modes.includes(mode) && up.some(({ name }) => hits(name)),
  );
  if (possible.length === 0) return null;
  const least = Math.min(...possible.map((fault) => struck.get(fault) ?? 0));
  const rare = possible.filter((fault) => (struck.get(fault) ?? 0) === least);
  const fault = pickWeighted(random, random() < RARE_SHARE ? rare : possible);
  const victims = up.filter(({ name }) => fault.hits(name));
  const victim = victims[between(random, 0, victims.length - 1)];
  return victim === undefined ? null : { fault, victim };
}
