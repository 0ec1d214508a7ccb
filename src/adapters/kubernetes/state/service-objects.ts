import type {
  V1ControllerRevision,
  V1Deployment,
  V1EndpointSlice,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodDisruptionBudget,
  V1ReplicaSet,
  V1ResourceQuota,
  V1Service,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import type { RouteReading } from '../routing/router.ts';

/** A Deployment with the objects that it owns. */
export interface Workload {
  deployment: V1Deployment;
  /** Newest revision first. */
  replicaSets: V1ReplicaSet[];
  pods: V1Pod[];
}

/** The canary: a bare ReplicaSet, or a Deployment if an earlier version of Belay created it. */
export interface CanaryBeside extends Pick<Workload, 'replicaSets' | 'pods'> {
  workload: V1ReplicaSet | V1Deployment;
}

/** All objects of the cluster that one service's rollout reads, at one moment. */
export interface ServiceObjects {
  service: string;
  environment: string;
  target: KubernetesTarget;
  /** The user's Deployment. */
  stable: Workload;
  canary?: CanaryBeside;
  /** Services that select stable's pods, by their selectors before any rollout. */
  services: V1Service[];
  /** Services with the name of the service that have no selector. */
  unselective: V1Service[];
  /** The slices of those Services, and of the canary's. */
  endpointSlices: V1EndpointSlice[];
  /** Pods of other workloads that those Services select. */
  otherPods: V1Pod[];
  autoscaler?: V2HorizontalPodAutoscaler;
  /** The budgets that select stable's pods. */
  budgets: V1PodDisruptionBudget[];
  /** All of the namespace. */
  quotas: V1ResourceQuota[];
  /** The claims that stable's pods mount. */
  claims: V1PersistentVolumeClaim[];
  /** The previous template, if the Deployment keeps no ReplicaSets. */
  keptTemplate?: V1ControllerRevision;
  route?: RouteReading & { name: string };
}
