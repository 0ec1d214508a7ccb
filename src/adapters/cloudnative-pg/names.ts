import type { ApiResource } from '../kubernetes-api/dynamic/api-resource.ts';

const group = 'postgresql.cnpg.io';

export const clusters: ApiResource = {
  ...{ group, version: 'v1', plural: 'clusters', kind: 'Cluster' },
  ...{ isNamespaced: true, verbs: [] },
};

export const endpointSlices: ApiResource = {
  ...{ group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' },
  ...{ kind: 'EndpointSlice', isNamespaced: true, verbs: [] },
};

export const serviceLabel = 'kubernetes.io/service-name';
/** On the pods of a Cluster: its name. */
export const clusterLabel = 'cnpg.io/cluster';

export const annotations = {
  /** A list of names in JSON; `*` is all of them. */
  fenced: 'cnpg.io/fencedInstances',
  /** `disabled`: the operator leaves the Cluster alone. */
  reconciliation: 'cnpg.io/reconciliationLoop',
  /** `on`: all its pods are deleted. */
  hibernation: 'cnpg.io/hibernation',
  /** On pods. */
  operatorVersion: 'cnpg.io/operatorVersion',
};

/** Of the instance manager in each pod. */
export const statusPort = 8000;
export const statusPath = '/pg/status';
