import type { PodSelection } from '../../specs/chaos/pod-selection.ts';
import type { RunStep } from '../kernel/agent.ts';
import type { FaultSeen } from './host-faults.ts';

/** The controller that replaces a pod. */
export interface PodOwner {
  kind: string;
  name: string;
  uid: string;
}

/** A pod as the API server has it now. */
export interface SeenPod {
  name: string;
  uid: string;
  labels: Readonly<Record<string, string>>;
  isReady: boolean;
  isEnding: boolean;
  hasHostNetwork: boolean;
  /** The kubelet runs it from a file of its node; deleting it at the API server ends nothing. */
  isStatic: boolean;
  priorityClass?: string;
  owner?: PodOwner;
}

/** A pod for good: one that takes its name later has another uid. */
export interface PodName extends PodSelection {
  name: string;
  uid: string;
  owner: PodOwner;
  /** How many pods of the same controller were ready when the target was resolved. */
  readyBefore: number;
}

export interface PodFacts {
  /** In one line: `of ReplicaSet web-5d9c`. */
  what: string;
  pod: PodName;
}

export interface PodsFacts {
  pods: PodFacts[];
  /** Every reason why nothing is injected; empty: it can be. */
  refusals: string[];
}

export type PodController = Pick<PodName, 'context' | 'namespace' | 'owner'>;

export interface PodAct {
  act: RunStep;
  pod: PodName;
}

export interface CrashPodCall extends PodAct {
  /** How long the run watches what comes of it. */
  durationMs: number;
}

/** That a run hits pods of a controller: kept there, so that whoever names the pods meets it, in whatever environment. */
export interface PodClaim extends RunStep {
  untilMs: number;
}

/** By a worker, with the rights of its account. Refusals are final, with a `type` of failureTypes. */
export interface PodFaultActivities {
  /** Has no effect. Asks the API server for every right that the rest needs. */
  examinePods(selection: PodSelection): Promise<PodsFacts>;
  /**
   * Deletes the very pod, with a second for its containers to end. A pod that ends by itself before that is refused,
   * unless an earlier attempt may have deleted it. Refused while another run hits pods of the same controller, where the
   * controller is gone, and as StaleFence after `sparePod` of the same or a later step.
   */
  crashPod(call: CrashPodCall): Promise<void>;
  /** Whether its containers have died, and whether its controller has as many ready pods as before. */
  observePod(pod: PodName): Promise<FaultSeen>;
  /** Whatever of `crashPod` is still under way has no effect once this has returned. */
  sparePod(call: PodAct): Promise<void>;
}

/** Something that a worker needs the right to do. */
export interface NeededRight {
  verb: 'get' | 'list' | 'create' | 'delete' | 'patch';
  group: string;
  resource: string;
}

/** What controllers keep about the run that hits their pods. Every method throws only PartError. */
export interface PodClaims {
  /** Undefined: nothing is written at the controller, or it is gone. */
  readClaim(controller: PodController): Promise<string | undefined>;
  /**
   * False where another text is there by now. Where the controller is gone, there is nothing to remove, and nothing can
   * be written: refused.
   */
  writeClaim(controller: PodController, change: { was?: string; to?: string }): Promise<boolean>;
}

/** The pods of clusters. Every method throws only PartError. */
export interface FaultPods extends PodClaims {
  /** Those with these labels, one more than `mostPods` at most. */
  list(selection: PodSelection): Promise<SeenPod[]>;
  /** Why the API server would not let this worker do that; undefined where it would. */
  refuseRight(selection: PodSelection, right: NeededRight): Promise<string | undefined>;
  /** Undefined where it is gone, or another pod has its name. */
  find(pod: PodName): Promise<(SeenPod & { runningContainers: number }) | undefined>;
  /** How many pods the controller wants; 0 where it is gone. */
  wanted(pod: PodName): Promise<number>;
  /** `isRepeated`: an earlier attempt may have deleted it. */
  crash(call: PodAct, isRepeated: boolean): Promise<void>;
  spare(call: PodAct): Promise<void>;
}

/** Of one selection. */
export const mostPods = 100;
