import type { Principal } from '../project/project.js';
import { checkLimit } from './limits.js';

/** Open subscriptions of each key in this process. */
export interface KeyLoad {
  /**
   * Counts one more subscription of a key.
   *
   * @returns Counts it off, once however often it is called.
   * @throws AppError `LIMIT_EXCEEDED` when the key has as many as it may.
   */
  take(principal: Principal | null): () => void;
}

export function createKeyLoad(maximum: number): KeyLoad {
  const open = new Map<string, number>();
  return {
    take(principal) {
      const owner = principal?.keyId ?? '';
      const count = (open.get(owner) ?? 0) + 1;
      checkLimit('subscriptions of the key', count, maximum);
      open.set(owner, count);
      let isOpen = true;
      return () => {
        if (!isOpen) return;
        isOpen = false;
        const left = (open.get(owner) ?? 1) - 1;
        if (left === 0) open.delete(owner);
        else open.set(owner, left);
      };
    },
  };
}
