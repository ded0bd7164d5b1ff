import type { Account, CostCheck } from './budget.js';
import type { Budgets } from './budgets.js';
import { type DryMeter, type Meter, type MeterOptions, openDryMeter, openMeter } from './meter.js';

/** Opens a meter for each request; what they share is bound. */
export interface Meters {
  open(account: Account): Meter;
  openDry(): DryMeter;
  /** What `cost` more rows would mean for an account; null when it has no budget. */
  check: Budgets['check'];
}

export function createMeters(options: MeterOptions): Meters {
  return {
    open: (account) => openMeter(options, account),
    openDry: () => openDryMeter(options),
    check: (account, cost): Promise<CostCheck | null> => options.budgets.check(account, cost),
  };
}
