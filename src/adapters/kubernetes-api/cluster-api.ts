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

/** A test of the patch failed: nothing was written. */
export class TestFailed extends Error {
  override readonly name = 'TestFailed';
}

/** Names one object. */
export interface ObjectRef<K extends Kind> {
  kind: K;
  namespace: string;
  name: string;
}

/** One object at one version. Without the version: whatever has been written to it since. */
export interface ObjectVersion {
  uid: string;
  resourceVersion?: string | undefined;
}

export interface Wait {
  /** A read follows every change of one of these kinds in `namespace`. */
  kinds: readonly Kind[];
  namespace: string;
  /** The time limit in milliseconds; afterwards a PlatformError `unavailable` says what was awaited. */
  timeoutMs: number;
  /** Completes "waited 30 s for …". */
  what: () => string;
  signal?: AbortSignal;
}

/**
 * One cluster. Reads come from informers, one for each kind and namespace in a process, which are
 * started at first use: they need no request, and always include this process's own writes. Every
 * method may throw a PlatformError.
 */
export interface ClusterApi {
  get<K extends Kind>(ref: ObjectRef<K>): Promise<ObjectByKind[K] | undefined>;
  /** Objects with these labels, or all of the namespace; for kinds without namespaces, of the cluster. */
  list<K extends Kind>(
    kind: K,
    namespace: string,
    labels?: Record<string, string>,
  ): Promise<ObjectByKind[K][]>;
  /** Objects that the one with this uid controls. */
  controlledBy<K extends Kind>(kind: K, namespace: string, uid: string): Promise<ObjectByKind[K][]>;
  /** Reads from the API server itself; only for what must be known after a failed test. */
  getLive<K extends Kind>(ref: ObjectRef<K>): Promise<ObjectByKind[K] | undefined>;
  /** Objects with these labels in all namespaces that this process watches, or in one of them, from a separate informer. */
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
  /** One atomic write. Throws TestFailed if a test fails. */
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
   * Deletes the object as it was read, and its dependents in the background. It is a success if the
   * object is gone, or was replaced by another of its name. Throws TestFailed if it was written since.
   */
  remove<K extends Kind>(ref: ObjectRef<K>, seen: ObjectVersion): Promise<void>;
  /** Reads now, and after each change of the named kinds, until `look` returns a value. */
  until<T>(wait: Wait, read: () => Promise<T | undefined>): Promise<T>;
}
