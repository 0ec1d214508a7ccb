import type { ManagerHost } from '../../contracts/recovery/manager-host.ts';
import type { DatabaseHost } from '../../contracts/recovery/database-host.ts';
import type { NodeCall } from '../../contracts/recovery/database-node.ts';
import { agentContract, type Capability } from '../../contracts/kernel/agent.ts';
import type { ClusterSettings } from '../../specs/kernel/clusters.ts';
import { unattended } from '../unattended.ts';

/** What may be done with each cluster of this host as a node of a database, and what keeps it from being done. */
export async function describeDatabases(
  agent: string,
  clusters: readonly ClusterSettings[],
  nodes: DatabaseHost,
  managers: ManagerHost,
): Promise<Record<string, Capability[]>> {
  const nodesOfDatabases = clusters.filter(
    ({ replication, patroni }) => (replication ?? patroni) !== undefined,
  );
  const described = await Promise.all(
    nodesOfDatabases.map(async ({ name, failover, replication, patroni }): Promise<Capability> => {
      const call = { contract: agentContract, agent, cluster: name };
      const facts = await nodes.examineNode(call, unattended);
      const peers = (replication?.peers ?? []).map(({ host, port }) => `${host}:${port}`);
      const may = failover ? 'may be failed over' : 'is only watched';
      const managed = patroni && (await describeManager(call, managers));
      const problems = [...facts.problems, ...(managed?.problems ?? [])];
      const lacking = (facts.missingRights ?? []).map((why) => `; ${why}`).join('');
      const by = managed === undefined ? `peers ${peers.join(', ')}` : managed.description;
      return {
        ...{ name, description: `${facts.detail}; ${may}; ${by}${lacking}` },
        ...(failover && problems.length > 0 && { unavailable: problems.join('; ') }),
      };
    }),
  );
  return described.length > 0 ? { database: described } : {};
}

async function describeManager(
  call: NodeCall,
  managers: ManagerHost,
): Promise<{ description: string; problems: string[] }> {
  try {
    const { version, leader, cluster } = await managers.examineManager(call, unattended);
    const leads = leader === undefined ? 'nobody leads' : `${leader} leads`;
    return {
      description: `Patroni ${version} is in charge of ${cluster}: ${leads}`,
      problems: [],
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { description: 'Patroni is in charge', problems: [why] };
  }
}
