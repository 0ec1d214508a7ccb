import type {
  V1ControllerRevision,
  V1Deployment,
  V1EndpointSlice,
  V1Ingress,
  V1IngressClass,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodDisruptionBudget,
  V1ReplicaSet,
  V1ResourceQuota,
  V1Service,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import type { DestinationRule, HttpRoute, VirtualService } from './custom-objects.ts';

/** Every kind of object that Belay reads or writes, by its plural name. */
export interface ObjectByKind {
  deployments: V1Deployment;
  replicasets: V1ReplicaSet;
  controllerrevisions: V1ControllerRevision;
  pods: V1Pod;
  services: V1Service;
  endpointslices: V1EndpointSlice;
  horizontalpodautoscalers: V2HorizontalPodAutoscaler;
  poddisruptionbudgets: V1PodDisruptionBudget;
  resourcequotas: V1ResourceQuota;
  persistentvolumeclaims: V1PersistentVolumeClaim;
  ingresses: V1Ingress;
  ingressclasses: V1IngressClass;
  httproutes: HttpRoute;
  virtualservices: VirtualService;
  destinationrules: DestinationRule;
}
export type Kind = keyof ObjectByKind;

/** One step of a JSON patch (RFC 6902). */
export type PatchStep =
  { op: 'test' | 'add' | 'replace'; path: string; value: unknown } | { op: 'remove'; path: string };

/** The patch's tests did not hold: nothing was written. */
export class TestFailed extends Error {
  override readonly name = 'TestFailed';
}

/** Names one object. */
export interface ObjectRef<K extends Kind> {
  kind: K;
  namespace: string;
  name: string;
}

/** One object at one moment. Without the version: whatever has been written to it since. */
export interface ObjectVersion {
  uid: string;
  resourceVersion?: string | undefined;
}

export interface Wait {
  /** Every look is taken after a change in one of these; `namespace` bounds them. */
  kinds: readonly Kind[];
  namespace: string;
  /** Longest wait in milliseconds; past it a PlatformError `unavailable` says what was waited for. */
  timeoutMs: number;
  /** Completes "waited 30 s for …". */
  what: () => string;
  signal?: AbortSignal;
}

/**
 * One cluster as its adapter sees it. Reads come from informers, one for each kind and namespace
 * in a process, started at first use: they cost no request, and are never behind this process's
 * own writes. Every method may throw a PlatformError.
 */
export interface ClusterApi {
  get<K extends Kind>(ref: ObjectRef<K>): Promise<ObjectByKind[K] | undefined>;
  /** Objects whose labels contain these; all of the namespace without. Of kinds that have no namespaces, all of the cluster. */
  list<K extends Kind>(
    kind: K,
    namespace: string,
    labels?: Record<string, string>,
  ): Promise<ObjectByKind[K][]>;
  /** Objects that the one with this uid controls. */
  controlledBy<K extends Kind>(kind: K, namespace: string, uid: string): Promise<ObjectByKind[K][]>;
  /** Asks the API server itself: for what a failed test must know, and nothing else. */
  getLive<K extends Kind>(ref: ObjectRef<K>): Promise<ObjectByKind[K] | undefined>;
  /** Objects with these labels in all namespaces that this process watches, or in one of them, from an informer of its own. */
  listEverywhere<K extends Kind>(
    kind: K,
    labels: Record<string, string>,
    only?: string,
  ): Promise<ObjectByKind[K][]>;
  create<K extends Kind>(
    kind: K,
    namespace: string,
    body: ObjectByKind[K],
  ): Promise<ObjectByKind[K]>;
  /** One atomic write. Throws TestFailed where a test does not hold. */
  patch<K extends Kind>(ref: ObjectRef<K>, steps: PatchStep[]): Promise<ObjectByKind[K]>;
  /** What `create` would answer or throw; nothing is written (`dryRun=All`). */
  tryCreate<K extends Kind>(
    kind: K,
    namespace: string,
    body: ObjectByKind[K],
  ): Promise<ObjectByKind[K]>;
  /** What `patch` would answer or throw; nothing is written. */
  tryPatch<K extends Kind>(ref: ObjectRef<K>, steps: PatchStep[]): Promise<ObjectByKind[K]>;
  /**
   * Deletes the object as it was seen, its dependents with it in the background. Gone already, or
   * another one of its name by now, is success. Throws TestFailed where it has been written since.
   */
  remove<K extends Kind>(ref: ObjectRef<K>, seen: ObjectVersion): Promise<void>;
  /** Looks now, and after each change in the kinds named, until the look answers. */
  until<T>(wait: Wait, read: () => Promise<T | undefined>): Promise<T>;
}
