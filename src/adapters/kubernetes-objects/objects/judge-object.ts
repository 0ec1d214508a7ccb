import type { ApiResource, KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';

/** What of the namespace an object is judged by. */
export interface Surroundings {
  /** Services that select no pods: their endpoints were written by somebody. */
  servicesWithoutSelector: ReadonlySet<string>;
  /** Whether Secrets are kept. */
  secrets: boolean;
}

/** In every namespace, made by the cluster or its mesh. */
const ownConfigMaps = ['kube-root-ca.crt', 'openshift-service-ca.crt', 'istio-ca-root-cert'];
const ownSecrets = ['kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token'];

/** Why an object is not kept; undefined: it is. What is left out is made again by what is kept, or is over. */
export function leaveOut(
  { group, plural }: Pick<ApiResource, 'group' | 'plural'>,
  object: KubernetesObject,
  { servicesWithoutSelector, secrets }: Surroundings,
): string | undefined {
  const { name, ownerReferences = [], deletionTimestamp, labels = {} } = object.metadata;
  if (deletionTimestamp !== undefined) return 'it is being deleted';
  const owner = ownerReferences.find(({ controller }) => controller === true);
  if (owner) return `made by ${owner.kind}s`;
  const kind = group === '' ? plural : `${plural}.${group}`;
  switch (kind) {
    case 'pods':
      return hasEnded(object) ? 'it has ended' : undefined;
    case 'jobs.batch':
      return hasFinished(object) ? 'it is finished, and would run again' : undefined;
    case 'endpoints':
      return servicesWithoutSelector.has(name) ? undefined : 'made by Services';
    case 'endpointslices.discovery.k8s.io':
      return isManaged(labels['endpointslice.kubernetes.io/managed-by'])
        ? 'made by Services'
        : undefined;
    case 'configmaps':
      return ownConfigMaps.includes(name) ? 'made by the cluster' : undefined;
    case 'secrets':
      if (!secrets) return 'the plan keeps no Secrets';
      return ownSecrets.includes(String(object['type'])) ? 'made by the cluster' : undefined;
    default:
      return undefined;
  }
}

function hasEnded({ status }: KubernetesObject): boolean {
  const { phase } = (status ?? {}) as { phase?: string };
  return phase === 'Succeeded' || phase === 'Failed';
}

function hasFinished({ status }: KubernetesObject): boolean {
  const { conditions = [] } = (status ?? {}) as { conditions?: { type: string; status: string }[] };
  return conditions.some(
    ({ type, status: is }) => ['Complete', 'Failed'].includes(type) && is === 'True',
  );
}

function isManaged(by: string | undefined): boolean {
  return by?.endsWith('.k8s.io') === true;
}
