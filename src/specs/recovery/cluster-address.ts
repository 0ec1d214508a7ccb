import { mapping, text } from '../kernel/written.ts';

/** Names one Cluster of CloudNativePG, as workers find it. */
export interface ClusterAddress {
  /** Absent: the current context of the workers' kubeconfig. */
  context?: string;
  namespace: string;
  cluster: string;
}

const kubernetesName = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

export const clusterAddressSchema = mapping(
  {
    context: text('write a context of BELAY_KUBERNETES_CONTEXTS')
      .exactOptional()
      .describe('Of the kubeconfig of the workers. Default: its current one.'),
    namespace: text('write the name of a namespace', kubernetesName).describe(
      'Where the Cluster is.',
    ),
    cluster: text('write the name of a Cluster', kubernetesName).describe(
      'The name of the Cluster (postgresql.cnpg.io/v1).',
    ),
  },
  { name: 'write cluster: its name' },
).transform((address): ClusterAddress => address);
