import type { Attempt } from '../../contracts/kernel/agent-host.ts';
import type { NodeAct } from '../../contracts/recovery/database-node.ts';
import type { ManagerHost } from '../../contracts/recovery/manager-host.ts';
import type { ClusterSettings } from '../../specs/kernel/clusters.ts';
import type { Once } from '../acts/once.ts';
import { refuseFailover } from './refuse-failover.ts';

interface ManagersOptions {
  agent: string;
  clusters: readonly ClusterSettings[];
  once: Once;
  /** Who carries out what the settings allow. */
  managers: ManagerHost;
}

/**
 * Lets through what the settings allow, each request once. One that takes long keeps nobody else from
 * the cluster: what it does is done by the manager.
 */
export function openManagers({ agent, clusters, once, managers }: ManagersOptions): ManagerHost {
  const act =
    <Call extends NodeAct, T>(name: string, work: (call: Call, attempt: Attempt) => Promise<T>) =>
    async (call: Call, attempt: Attempt): Promise<T> => {
      const settings = clusters.find((each) => each.name === call.cluster);
      if (settings !== undefined) refuseFailover(agent, settings);
      const { contract: _contract, agent: _agent, act: step, ...args } = call;
      return once(
        step,
        { about: `manager of ${call.cluster}`, name, args },
        () => work(call, attempt),
        (begin) => begin(),
      );
    };
  return {
    examineManager: (call, attempt) => managers.examineManager(call, attempt),
    watchManager: (call, attempt) => managers.watchManager(call, attempt),
    requestLeader: act('requestLeader', managers.requestLeader),
    requestRejoin: act('requestRejoin', managers.requestRejoin),
  };
}
