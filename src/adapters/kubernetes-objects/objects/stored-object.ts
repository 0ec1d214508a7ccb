import type { ApiResource, KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';

/** An object as a set keeps it, with the kind that it was read by. */
export interface StoredObject {
  resource: ApiResource;
  object: KubernetesObject;
}

/** What a set says of itself: written after everything else. */
export interface Manifest {
  format: 1;
  takenAtMs: number;
  namespaces: readonly string[];
  objects: number;
  /** How many were left out, by their kind and why. */
  leftOut: Readonly<Record<string, number>>;
}
