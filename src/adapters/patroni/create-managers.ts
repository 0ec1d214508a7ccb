import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { NodeCall } from '../../contracts/recovery/database-node.ts';
import type { ManagerHost } from '../../contracts/recovery/manager-host.ts';
import type { ClusterSettings } from '../../specs/kernel/clusters.ts';
import { openExchange } from '../http/exchange.ts';
import { Patroni } from './patroni.ts';
import { PatroniApi } from './rest-api.ts';

/** What is in charge of the clusters of this host. */
export function createManagers(clusters: readonly ClusterSettings[]): ManagerHost {
  const exchange = openExchange();
  const of = ({ cluster, agent }: NodeCall): Patroni => {
    const patroni = clusters.find(({ name }) => name === cluster)?.patroni;
    if (patroni !== undefined) return new Patroni(new PatroniApi(cluster, patroni, exchange));
    throw new AgentError(
      'refused',
      `agent ${agent} knows of no manager of cluster ${cluster}: write clusters.${cluster}.patroni in its settings`,
    );
  };
  return {
    examineManager: async (call) => of(call).examine(),
    watchManager: async (call, attempt) => of(call).watch(call, attempt),
    requestLeader: async (call, attempt) => of(call).requestLeader(call, attempt),
    requestRejoin: async (call) => of(call).requestRejoin(call.method),
  };
}
