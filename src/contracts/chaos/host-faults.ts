import type { HostFault } from '../../specs/chaos/fault.ts';
import type { TargetName } from '../../specs/chaos/target-part.ts';
import type { AgentCall, AppliedLease, RunStep } from '../kernel/agent.ts';
import type { Observation, WatchOrder } from './observation.ts';

/** A process for good: a pid alone may belong to another one later. */
export interface ProcessName {
  pid: number;
  startTime: string;
}

export interface ExamineTargetCall extends AgentCall {
  target: TargetName;
  fault: HostFault;
  durationMs: number;
}

/** Something of an experiment that is still there. */
export interface Leftover {
  what: string;
  /** The run that left it, where that is known. */
  runRef?: string;
}

export interface TargetFacts {
  /** In one line: `process 4711 (node), by its port 8080`. */
  what: string;
  /** Of a process that is there. */
  process?: ProcessName;
  /** Why nothing is injected here; empty: it can be. */
  refusals: string[];
  leftovers: Leftover[];
}

/** A host, or a process of it, as it was resolved: it is never looked for again. */
export interface ResolvedHost extends TargetName {
  agent: string;
  what: string;
  identity?: ProcessName;
}

export interface InjectFaultCall extends AgentCall {
  act: RunStep;
  target: TargetName;
  identity?: ProcessName;
  fault: HostFault;
  /** The lease, from the beginning of the injection: it may be extended. */
  forMs: number;
  /** Of the experiment: whatever extends the lease, the fault ends soon after this. */
  durationMs: number;
}

export interface ObserveFaultCall extends AgentCall {
  /** The act that injected it. */
  lease: RunStep;
  target: TargetName;
  identity?: ProcessName;
  fault: HostFault;
}

/** As the kernel of the host shows it, or the requests that met it, never as the injector says. */
export interface FaultSeen {
  /** It does to the target what it should. */
  isEffective: boolean;
  /** Something of it would outlive the experiment. Of a crash there never is. */
  isThere: boolean;
  /** The target does its work: its process is there, and goes on. */
  isTargetRunning: boolean;
  /** There is nothing any more that could recover: tracks, or the controller of a pod. */
  isTargetGone?: true;
  /** Requests that have met the fault, where they are counted. */
  disturbed?: number;
  detail: string;
}

export type WatchProbesCall = AgentCall & WatchOrder;

/** As the queue of an agent has them. Refusals are final, with a `type` of failureTypes. */
export interface HostFaultActivities {
  /** Has no effect. */
  examineTarget(call: ExamineTargetCall): Promise<TargetFacts>;
  /**
   * Injects it for a while: a lease, extended and reverted as any other (AgentActivities). Its watchdog
   * runs before, and removes it alone. The same act again is attached to. Refused where the process is
   * another one than the one that was resolved.
   */
  injectFault(call: InjectFaultCall): Promise<AppliedLease>;
  observeFault(call: ObserveFaultCall): Promise<FaultSeen>;
  /** Until its time is over, or a stop condition holds. Goes on from its last heartbeat. */
  watchProbes(call: WatchProbesCall): Promise<Observation>;
}
