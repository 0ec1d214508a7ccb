import type { Fence } from '../../../contracts/kernel/fence.ts';
import type { ServiceRef } from '../../../contracts/rollouts/platform.ts';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import type { ClusterApi, ObjectRef } from '../../kubernetes-api/cluster-api.ts';
import type { PatchScope } from '../objects/patch-scope.ts';
import type { Router } from '../routing/router.ts';

/** One act on one service, and everything it works with. */
export interface Act {
  api: ClusterApi;
  ref: Pick<ServiceRef, 'environment' | 'service'>;
  target: KubernetesTarget;
  fence: Fence;
  /** Which Belay acts: its Temporal server and namespace. */
  installation: string;
  nowMs: () => number;
  /** How long kube-proxy may take to follow an EndpointSlice. */
  proxySettleMs: number;
  /** What a release's patch may change beside what it always may. */
  patchScope: PatchScope;
  /** The user's Deployment. */
  stable: ObjectRef<'deployments'>;
  canary: ObjectRef<'deployments'>;
  /** Absent: traffic is divided by replica ratio. */
  router?: Router;
}

/** What every act of this process has in common. */
export type Surroundings = Pick<Act, 'installation' | 'nowMs' | 'proxySettleMs' | 'patchScope'>;

/** Longest wait inside an act that moves traffic; whoever called it tries again. */
export const quickWaitMs = 8_000;
/** Longest wait inside an act that drains. */
export const drainWaitMs = 25_000;
