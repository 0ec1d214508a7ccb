import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { ClusterSettings } from '../../specs/kernel/clusters.ts';

export function refuseFailover(
  agent: string,
  { name, failover }: Pick<ClusterSettings, 'name' | 'failover'>,
): void {
  if (failover) return;
  throw new AgentError(
    'refused',
    `agent ${agent} does not change cluster ${name}: set clusters.${name}.failover to true in its settings`,
  );
}
