import type { DatabaseHost } from '../../contracts/recovery/database-host.ts';
import { agentContract, type Capability } from '../../contracts/kernel/agent.ts';
import type { ClusterSettings } from '../../specs/kernel/clusters.ts';
import { unattended } from '../unattended.ts';

/** What may be done with each cluster of this host as a node of a database, and what keeps it from being done. */
export async function describeDatabases(
  agent: string,
  clusters: readonly ClusterSettings[],
  nodes: DatabaseHost,
): Promise<Record<string, Capability[]>> {
  const nodesOfDatabases = clusters.filter(({ replication }) => replication !== undefined);
  const described = await Promise.all(
    nodesOfDatabases.map(async ({ name, failover, replication }): Promise<Capability> => {
      const call = { contract: agentContract, agent, cluster: name };
      const facts = await nodes.examineNode(call, unattended);
      const peers = (replication?.peers ?? []).map(({ host, port }) => `${host}:${port}`);
      const may = failover ? 'may be failed over' : 'is only watched';
      return {
        name,
        description: `${facts.detail}; ${may}; peers ${peers.join(', ')}`,
        ...(failover && facts.problems.length > 0 && { unavailable: facts.problems.join('; ') }),
      };
    }),
  );
  return described.length > 0 ? { database: described } : {};
}
