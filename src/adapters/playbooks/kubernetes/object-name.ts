import { PartError } from '../../../contracts/kernel/part-error.ts';
import type { ApiResource } from '../../kubernetes-api/dynamic/api-resource.ts';

const known: readonly Omit<ApiResource, 'verbs'>[] = [
  core('Pod', 'pods'),
  core('Node', 'nodes', false),
  core('Service', 'services'),
  core('ConfigMap', 'configmaps'),
  core('Event', 'events'),
  core('ServiceAccount', 'serviceaccounts'),
  core('ResourceQuota', 'resourcequotas'),
  core('PersistentVolumeClaim', 'persistentvolumeclaims'),
  of('apps', 'Deployment', 'deployments'),
  of('apps', 'ReplicaSet', 'replicasets'),
  of('apps', 'StatefulSet', 'statefulsets'),
  of('apps', 'DaemonSet', 'daemonsets'),
  of('batch', 'CronJob', 'cronjobs'),
  of('batch', 'Job', 'jobs'),
  of('networking.k8s.io', 'NetworkPolicy', 'networkpolicies'),
  of('networking.k8s.io', 'Ingress', 'ingresses'),
  of('policy', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  of('rbac.authorization.k8s.io', 'RoleBinding', 'rolebindings'),
  { ...of('autoscaling', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'), version: 'v2' },
];

function core(kind: string, plural: string, isNamespaced = true) {
  return { group: '', version: 'v1', kind, plural, isNamespaced };
}

function of(group: string, kind: string, plural: string) {
  return { group, version: 'v1', kind, plural, isNamespaced: true };
}

/** A kind by its name, in the singular or the plural, such as `deployment`. */
export function resourceNamed(name: string): ApiResource {
  const word = name.toLowerCase();
  const found = known.find(({ kind, plural }) => kind.toLowerCase() === word || plural === word);
  if (found !== undefined) return { ...found, verbs: [] };
  const kinds = known.map(({ kind }) => kind.toLowerCase()).join(', ');
  throw new PartError('refused', `there is no kind of object ${name} here; known are ${kinds}`);
}

export interface NamedObject {
  resource: ApiResource;
  namespace: string | undefined;
  name: string;
}

/** `deployment/web`, in this namespace. */
export function parseObject(text: unknown, namespace: unknown): NamedObject {
  const [kind, name, ...more] = String(text).split('/');
  if (!kind || !name || more.length > 0) {
    throw new PartError(
      'refused',
      `${String(text)} names no object; write one such as deployment/web`,
    );
  }
  const resource = resourceNamed(kind);
  return { resource, name, namespace: resource.isNamespaced ? String(namespace) : undefined };
}
