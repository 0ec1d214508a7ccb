import type { Fence } from '../../../contracts/kernel/fence.ts';
import type { ServiceRef } from '../../../contracts/rollouts/platform.ts';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import type { ClusterApi, ObjectRef } from '../../kubernetes-api/cluster-api.ts';
import type { PatchScope } from '../objects/patch-scope.ts';
import type { Router } from '../routing/router.ts';

/** One act on one service, and everything that it works with. */
export interface Act {
  api: ClusterApi;
  ref: Pick<ServiceRef, 'environment' | 'service'>;
  target: KubernetesTarget;
  fence: Fence;
  /** Identifies this Belay: its Temporal server and namespace. */
  installation: string;
  nowMs: () => number;
  /** How long kube-proxy may take to apply an EndpointSlice. */
  proxySettleMs: number;
  /** Additional fields that a release's patch may change. */
  patchScope: PatchScope;
  /** The user's Deployment. */
  stable: ObjectRef<'deployments'>;
  /** Absent: traffic is divided by replica ratio. */
  router?: Router;
}

/** What all acts of this process share. */
export type Surroundings = Pick<Act, 'installation' | 'nowMs' | 'proxySettleMs' | 'patchScope'>;

/** The longest wait inside an act that moves traffic; the caller retries. */
export const quickWaitMs = 8_000;
/** The longest wait inside an act that drains. */
export const drainWaitMs = 25_000;
