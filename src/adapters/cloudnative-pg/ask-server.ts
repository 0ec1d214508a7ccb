import type { Instance } from '../../contracts/recovery/postgres-cluster.ts';
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster } from '../playbooks/kubernetes/cluster.ts';
import { statusPath, statusPort } from './names.ts';
import { readServer } from './read-server.ts';

/** A pod whose node is lost does not answer at all. */
const answersWithinMs = 3_000;

/** Asks the instance manager in a pod what its server says, as `kubectl cnpg status` does. */
export async function askServer(
  kubernetes: PlaybookCluster,
  pod: KubernetesObject,
): Promise<Pick<Instance, 'server' | 'whyNoServer'>> {
  const { namespace = '', name } = pod.metadata;
  const target = encodeURIComponent(`${schemeOf(pod)}:${name}:${statusPort}`);
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${target}/proxy${statusPath}`;
  try {
    const call = { method: 'GET', path, what: `ask ${namespace}/${name} for its status` } as const;
    const server = readServer(await kubernetes.askWithin(answersWithinMs, call));
    if (server !== undefined) return { server };
    return { whyNoServer: 'what answers is not an instance manager' };
  } catch (error) {
    const why = error instanceof Error && error.name !== 'AbortError' ? error.message : '';
    return { whyNoServer: why || 'it did not answer in time' };
  }
}

/** As the operator tells them apart: TLS is the usual one since 1.24. */
function schemeOf(pod: KubernetesObject): 'http' | 'https' {
  const { containers = [] } = (pod['spec'] ?? {}) as {
    containers?: { name?: string; command?: string[] }[];
  };
  const { command = [] } = containers.find(({ name }) => name === 'postgres') ?? {};
  return command.includes('--status-port-tls') ? 'https' : 'http';
}
