import type { DatabaseHost } from '../../contracts/recovery/database-host.ts';
import type { NodeAct, NodeAddress, NodeCall } from '../../contracts/recovery/database-node.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import type { ClusterSettings } from '../../specs/kernel/clusters.ts';
import { showGiven } from '../../specs/kernel/given.ts';
import { offerKnown } from '../../specs/kernel/known-keys.ts';
import type { Once } from '../acts/once.ts';
import { inTurnsOf } from '../acts/turns.ts';
import { refuseFailover } from './refuse-failover.ts';

export interface DatabasesOptions {
  agent: string;
  clusters: readonly ClusterSettings[];
  once: Once;
  /** Who carries out what the settings allow. */
  nodes: DatabaseHost;
}

/** Lets through what the settings allow, one act on a cluster at a time, and each once. */
export function openDatabases({ agent, clusters, once, nodes }: DatabasesOptions): DatabaseHost {
  const inTurn = inTurnsOf();
  const find = ({ cluster }: NodeCall): ClusterSettings => {
    const found = clusters.find(({ name }) => name === cluster);
    if (found) return found;
    const known = clusters.map(({ name }) => name);
    const offer = known.length === 0 ? 'its settings name none' : offerKnown(cluster, known);
    throw new AgentError(
      'refused',
      `agent ${agent} has no cluster ${showGiven(cluster)}; ${offer}`,
    );
  };
  const read =
    <Call extends NodeCall, T>(work: (call: Call, attempt: Attempt) => Promise<T>) =>
    async (call: Call, attempt: Attempt): Promise<T> => {
      refusePeer(agent, find(call), (call as { peer?: NodeAddress }).peer);
      return work(call, attempt);
    };
  /** What only who is in charge of a cluster does. */
  const inCharge =
    <Call extends NodeAct, T>(name: string, work: (call: Call, attempt: Attempt) => Promise<T>) =>
    async (call: Call, attempt: Attempt): Promise<T> => {
      refuseManaged(agent, find(call));
      return act(name, work)(call, attempt);
    };
  const act =
    <Call extends NodeAct, T>(name: string, work: (call: Call, attempt: Attempt) => Promise<T>) =>
    async (call: Call, attempt: Attempt): Promise<T> => {
      const settings = find(call);
      refuseFailover(agent, settings);
      refusePeer(agent, settings, (call as { primary?: NodeAddress }).primary);
      const { contract: _contract, agent: _agent, act: step, ...args } = call;
      return once(
        step,
        { about: `cluster ${call.cluster}`, name, args },
        () => work(call, attempt),
        (begin) => inTurn(call.cluster, begin),
      );
    };
  return {
    examineNode: read(nodes.examineNode),
    observeNode: read(nodes.observeNode),
    watchNode: async (call, attempt, onAnswer, wire) => {
      const settings = find(call);
      refusePeer(agent, settings, call.peer);
      if (call.leaseMs !== undefined) {
        refuseFailover(agent, settings);
        refuseManaged(agent, settings);
        if (call.peer) throw new AgentError('refused', 'a lease is held of the own server alone');
      }
      return nodes.watchNode(call, attempt, onAnswer, wire);
    },
    awaitReplay: read(nodes.awaitReplay),
    awaitPromotion: read(nodes.awaitPromotion),
    fenceNode: inCharge('fenceNode', nodes.fenceNode),
    fenceFormer: inCharge('fenceFormer', nodes.fenceFormer),
    unfenceNode: inCharge('unfenceNode', nodes.unfenceNode),
    restartNode: inCharge('restartNode', nodes.restartNode),
    promoteNode: inCharge('promoteNode', nodes.promoteNode),
    keepStandby: inCharge('keepStandby', nodes.keepStandby),
    proveWrites: act('proveWrites', nodes.proveWrites),
    proveArchiving: act('proveArchiving', nodes.proveArchiving),
    prepareToLead: inCharge('prepareToLead', nodes.prepareToLead),
    followNode: inCharge('followNode', nodes.followNode),
    rejoinNode: inCharge('rejoinNode', nodes.rejoinNode),
  };
}

function refuseManaged(agent: string, { name, patroni }: ClusterSettings): void {
  if (patroni === undefined) return;
  throw new AgentError(
    'refused',
    `Patroni is in charge of cluster ${name} of agent ${agent}: write manager: patroni in the plan of the database, and Patroni is asked`,
  );
}

function refusePeer(
  agent: string,
  { name, replication }: ClusterSettings,
  wanted: NodeAddress | undefined,
): void {
  if (wanted === undefined) return;
  const peers = replication?.peers ?? [];
  if (peers.some(({ host, port }) => host === wanted.host && port === wanted.port)) return;
  const known = peers.map(({ host, port }) => `${host}:${port}`).join(', ');
  throw new AgentError(
    'refused',
    `agent ${agent} does not connect to ${wanted.host}:${wanted.port}; clusters.${name}.replication.peers of its settings has: ${known || 'none'}`,
  );
}
