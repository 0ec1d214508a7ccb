import { meshGroup } from '../../contracts/chaos/mesh-faults.ts';
import { isNotFound } from '../chaos/cluster-objects.ts';
import type { ApiResource } from '../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster } from '../playbooks/kubernetes/cluster.ts';

const version = 'v1alpha1';

/** What hits pods, what begins that, and where Chaos Mesh keeps what its daemons are to do to a pod. */
const kinds: Readonly<Record<string, string>> = {
  podchaos: 'PodChaos',
  networkchaos: 'NetworkChaos',
  stresschaos: 'StressChaos',
  iochaos: 'IOChaos',
  timechaos: 'TimeChaos',
  httpchaos: 'HTTPChaos',
  dnschaos: 'DNSChaos',
  kernelchaos: 'KernelChaos',
  jvmchaos: 'JVMChaos',
  blockchaos: 'BlockChaos',
  schedules: 'Schedule',
  workflows: 'Workflow',
  workflownodes: 'WorkflowNode',
  podnetworkchaos: 'PodNetworkChaos',
  podiochaos: 'PodIOChaos',
  podhttpchaos: 'PodHttpChaos',
};

export const podChaos = resourceOf('podchaos');

export function resourceOf(plural: string): ApiResource {
  const kind = kinds[plural] ?? plural;
  return { group: meshGroup, version, plural, kind, isNamespaced: true, verbs: [] };
}

/** Those of them that this API server has; empty: Chaos Mesh is not installed. */
export async function listServedKinds(cluster: PlaybookCluster): Promise<string[]> {
  try {
    const answer = await cluster.ask({
      ...{ method: 'GET', path: `/apis/${meshGroup}/${version}` },
      what: `list the kinds of ${meshGroup}`,
    });
    const { resources = [] } = answer as { resources?: { name: string }[] };
    const served = new Set(resources.map(({ name }) => name));
    return Object.keys(kinds).filter((plural) => served.has(plural));
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
