import type { FaultSeen } from '../../../src/contracts/chaos/host-faults.ts';
import type { RunStep } from '../../../src/contracts/kernel/agent.ts';
import type { Fault } from '../../../src/specs/chaos/fault.ts';

/** How long a fault is there, as whoever keeps its lease is told. */
export interface FaultTimes {
  forMs: number;
  durationMs: number;
}

/** What a run does with the fault of one target, whoever does that for it. */
export interface TargetActs {
  /** Why it was not injected; undefined where it was. */
  inject(lease: RunStep, fault: Fault, times: FaultTimes): Promise<string | undefined>;
  observe(lease: RunStep, fault: Fault): Promise<FaultSeen>;
  /** Once it has returned, an injection that is late is refused. */
  remove(lease: RunStep): Promise<unknown>;
  extend(lease: RunStep, forMs: number): Promise<unknown>;
}
