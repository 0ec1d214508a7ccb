import { AgentError } from '../../src/contracts/kernel/agent-host.ts';
import type { DatabaseManagerActivities } from '../../src/contracts/recovery/database-manager.ts';
import type { NodeCall } from '../../src/contracts/recovery/database-node.ts';
import type { ManagerHost } from '../../src/contracts/recovery/manager-host.ts';
import { onHost } from '../kernel/support/on-host.ts';

/** What the queue of an agent carries out for databases that a manager is in charge of. */
export function createDatabaseManagerActivities(
  agent: string,
  host: ManagerHost,
): DatabaseManagerActivities {
  const on = onHost<NodeCall>(agent, refuseMalformed);
  const act = { named: 'act' } as const;
  return {
    examineManager: on(host.examineManager),
    watchManager: on(host.watchManager),
    requestLeader: on(host.requestLeader, act),
    requestRejoin: on(host.requestRejoin, act),
  };
}

function refuseMalformed({ cluster }: Partial<NodeCall>): void {
  if (typeof cluster === 'string') return;
  throw new AgentError('refused', 'a call names a cluster of the settings of its agent');
}
