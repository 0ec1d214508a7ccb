import type { DatabaseHost } from '../../contracts/recovery/database-host.ts';
import type { NodeAct, NodeAddress, NodeCall } from '../../contracts/recovery/database-node.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import type { ClusterSettings } from '../../specs/kernel/clusters.ts';
import { showGiven } from '../../specs/kernel/given.ts';
import { offerKnown } from '../../specs/kernel/known-keys.ts';
import type { Once } from '../acts/once.ts';
import { inTurnsOf } from '../acts/turns.ts';

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
        if (call.peer) throw new AgentError('refused', 'a lease is held of the own server alone');
      }
      return nodes.watchNode(call, attempt, onAnswer, wire);
    },
    awaitReplay: read(nodes.awaitReplay),
    fenceNode: act('fenceNode', nodes.fenceNode),
    fenceFormer: act('fenceFormer', nodes.fenceFormer),
    unfenceNode: act('unfenceNode', nodes.unfenceNode),
    restartNode: act('restartNode', nodes.restartNode),
    promoteNode: act('promoteNode', nodes.promoteNode),
    keepStandby: act('keepStandby', nodes.keepStandby),
    proveWrites: act('proveWrites', nodes.proveWrites),
    proveArchiving: act('proveArchiving', nodes.proveArchiving),
    prepareToLead: act('prepareToLead', nodes.prepareToLead),
    followNode: act('followNode', nodes.followNode),
    rejoinNode: act('rejoinNode', nodes.rejoinNode),
  };
}

function refuseFailover(agent: string, { name, failover }: ClusterSettings): void {
  if (failover) return;
  throw new AgentError(
    'refused',
    `agent ${agent} does not change cluster ${name}: set clusters.${name}.failover to true in its settings`,
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
