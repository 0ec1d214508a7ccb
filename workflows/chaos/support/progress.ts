import type { MetricVerdict } from '../../../src/contracts/chaos/details.ts';
import type { Observation } from '../../../src/contracts/chaos/observation.ts';
import type { ResolvedTarget } from '../../../src/contracts/chaos/resolved-target.ts';
import type { RunStep } from '../../../src/contracts/kernel/agent.ts';
import type { Baseline } from '../../../src/policies/chaos/judge-window.ts';

/** A fault that is there, or may be. */
export interface InjectedFault {
  target: ResolvedTarget;
  /** The act that injected it: what it is removed by. */
  lease: RunStep;
}

/** What has come of an experiment while faults may be there; filled in as the story goes on. */
export interface Progress {
  injected: InjectedFault[];
  /** Why the injection failed. */
  notInjected: string[];
  /** Faults that were injected, and that no probe saw. */
  ineffective: string[];
  /** Faults that were gone before their time. */
  vanished: string[];
  /** Faults that were there at the end, and did nothing that a probe saw. */
  idle: string[];
  /** Faults whose hosts could not be asked at the end. */
  unseen: string[];
  during: MetricVerdict[] | undefined;
}

/** What the observers of a fault have seen until it was ended early: they tell it later, and nothing waits for it but the report. */
export interface LateEvidence {
  sinceMs: number;
  endedAtMs: number;
  /** `an observer`: a stop condition, or a decision, which ends the watching of all. */
  endedBy: 'a halt' | 'its cancellation' | 'an observer';
  baseline: Baseline;
  /** Never rejects. */
  told: Promise<Observation>;
}
