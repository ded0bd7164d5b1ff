import type { Asking, Questions } from './gateway/questions.js';
import { computeEventRate } from './metric/event-rate.js';
import { computeEventVolume } from './metric/event-volume.js';
import type { MetricContext } from './metric/metric.js';
import { computeUniqueUsers } from './metric/unique-users.js';
import type { WarehouseReader } from './warehouse/warehouse.js';

export interface QuestionPorts {
  readonly warehouse: WarehouseReader;
  readonly database: string;
  /** Time in ms since 1970. */
  readonly clock: () => number;
}

/** Binds the verbs of the product to the ports of this process, for the gateway to ask. */
export function bindQuestions({ warehouse, database, clock }: QuestionPorts): Questions {
  const contextOf = ({ project, signal }: Asking): MetricContext => ({
    warehouse,
    database,
    clock,
    settings: project,
    signal,
  });
  return {
    eventVolume: (asking, question) => computeEventVolume(contextOf(asking), question),
    eventRate: (asking, question) => computeEventRate(contextOf(asking), question),
    uniqueUsers: (asking, question) => computeUniqueUsers(contextOf(asking), question),
  } as Questions;
}
