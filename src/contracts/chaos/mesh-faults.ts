import type { PodSelection } from '../../specs/chaos/pod-selection.ts';
import type { RunStep } from '../kernel/agent.ts';
import type { FaultSeen } from './host-faults.ts';
import type { NeededRight, PodFacts, PodName, SeenPod } from './pod-faults.ts';

/** A container, and the image that it ran when the target was resolved. */
export interface OwnContainer {
  name: string;
  /** As its pod names it. */
  image: string;
  /** As the kubelet has started it. */
  imageId: string;
}

/** A pod that Chaos Mesh is asked to hit. */
export interface MeshTarget extends PodFacts {
  containers: OwnContainer[];
}

export interface MeshFacts {
  pods: MeshTarget[];
  /** Every reason why nothing is injected; empty: it can be. */
  refusals: string[];
}

export interface OutageAct {
  act: RunStep;
  target: MeshTarget;
}

/** Whose run makes an outage: where that is gone, the outage is taken back. */
export interface OutageMaker {
  workflowId: string;
  installation: string;
}

export interface OutageOrder extends OutageAct {
  /** After this, Chaos Mesh ends it, whatever becomes of the run. */
  atMostMs: number;
  /** Absent: nobody takes it back before its end but its run. */
  maker?: OutageMaker;
}

/** By a worker, with the rights of its account. Refusals are final, with a `type` of failureTypes. */
export interface MeshFaultActivities {
  /** Has no effect. Asks for all that the rest needs: definitions, webhooks, rights, and that nothing was left. */
  examineMeshPods(order: { selection: PodSelection; atMostMs: number }): Promise<MeshFacts>;
  /**
   * Has Chaos Mesh choose the pod, and lets it go on only where it has chosen the very one and no other, and where what
   * `examineMeshPods` looks at still allows it. The same act again goes on with what it has made. Refused while another
   * run hits pods of the same controller, and as StaleFence after `removeOutage` of the same or a later step.
   */
  injectOutage(order: OutageOrder): Promise<void>;
  /** As the kubelet says what runs in the pod; what Chaos Mesh says of itself has to agree. */
  observeOutage(call: OutageAct): Promise<FaultSeen>;
  /** Once it has returned, Chaos Mesh has taken it back, and what is still under way of `injectOutage` has no effect. */
  removeOutage(call: OutageAct): Promise<void>;
}

/** A container of a pod as the API server has it now. */
export interface SeenContainer {
  name: string;
  image: string;
  /** Absent: the kubelet has started none, or does not say which. */
  imageId?: string;
  isRunning: boolean;
}

export interface MeshPod extends SeenPod {
  containers: SeenContainer[];
  /** Annotations by which Chaos Mesh remembers an image that it has replaced. */
  replaced: string[];
}

/** An object of Chaos Mesh, whoever made it, as far as it says where it works. */
export interface MeshObject {
  kind: string;
  namespace: string;
  name: string;
  /** Of a PodChaos and some others. */
  action?: string;
  isDeleting: boolean;
  /** Namespaces in which it chooses, or has chosen, what it hits. */
  namespaces: string[];
  /** `Run`, `Stop`, or nothing yet. */
  desired?: string;
  /** Of everything that it has chosen; absent: it has chosen nothing yet. */
  phases?: string[];
  /** By a person, or by the run that has made it and has not let it go yet. */
  isPaused: boolean;
  /** Of an outage by Belay: the run that has made it. */
  runRef?: string;
  /** Of a Workflow and its nodes: it begins nothing any more. */
  isFinished?: boolean;
  /** Of the objects in which it keeps what its daemons are to do to one pod: whether that is anything. */
  hasOrders?: boolean;
}

/** The PodChaos of one act. */
export interface OutageObject {
  /** `PodChaos shop/belay-0f3a9c21`. */
  title: string;
  isDeleting: boolean;
  /** What Chaos Mesh says of the pod: `Injected`, `Not Injected`; absent where it has not chosen it yet. */
  phase?: string;
  /** What failed last, as Chaos Mesh says. */
  problem?: string;
}

/** Where a right is needed. */
export type RightIn = 'namespace' | 'cluster';

/** Chaos Mesh in the clusters that workers may work on. Every method throws only PartError. */
export interface ChaosMesh {
  /** Those with these labels, one more than `mostPods` at most. */
  listPods(selection: PodSelection): Promise<MeshPod[]>;
  /** Undefined where it is gone, or another pod has its name. */
  findPod(pod: PodName): Promise<MeshPod | undefined>;
  /** How many pods the controller wants; 0 where it is gone. */
  wanted(pod: PodName): Promise<number>;
  /** The kinds of objects of Chaos Mesh that this API server has, in the plural; empty: none. */
  listKinds(selection: PodSelection): Promise<string[]>;
  /** Why the API server would not let this worker do that; undefined where it would. */
  refuseRight(
    selection: PodSelection,
    right: NeededRight,
    within: RightIn,
  ): Promise<string | undefined>;
  /** Of the whole cluster: what is in one namespace may hit another. */
  listObjects(selection: PodSelection, kinds: readonly string[]): Promise<MeshObject[]>;
  /** Why an outage of that pod would not be accepted, asked by a dry run; undefined where it would. */
  rehearse(order: OutageOrder): Promise<string | undefined>;
  /**
   * Once Chaos Mesh has chosen the pod, and before it does anything, `admit` is waited for: where that throws, what was
   * made is taken away.
   */
  inject(order: OutageOrder, admit: () => Promise<void>): Promise<void>;
  findOutage(call: OutageAct): Promise<OutageObject | undefined>;
  remove(call: OutageAct): Promise<void>;
}

/** Of the API of Chaos Mesh. */
export const meshGroup = 'chaos-mesh.org';
