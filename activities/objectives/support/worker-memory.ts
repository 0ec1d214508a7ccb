import type { KeptReading } from '../../../src/contracts/objectives/counter-reading.ts';
import type { Minute } from '../../../src/contracts/objectives/minute.ts';
import type { ProbeCounts } from './probe-loops.ts';

/** What a worker knows of an environment that the ledger does not know yet. */
export interface WorkerMemory {
  /** Minutes by objective. */
  pending: Map<string, Minute[]>;
  readings: Map<string, KeptReading>;
  /** Of minutes that are not over, by objective. */
  probes: Map<string, ProbeCounts>;
}

/** By environment, from one attempt to the next in the same process. */
export function createWorkerMemory(): (environment: string) => WorkerMemory {
  const all = new Map<string, WorkerMemory>();
  return (environment) => {
    const known = all.get(environment) ?? {
      ...{ pending: new Map(), readings: new Map(), probes: new Map() },
    };
    all.set(environment, known);
    return known;
  };
}
