import { join } from 'node:path';
import type { Tools } from '../../contracts/backups/provider.ts';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { DatabaseHost } from '../../contracts/recovery/database-host.ts';
import type { NodeCall } from '../../contracts/recovery/database-node.ts';
import type { LeasedActivity, LeaseWire } from '../../contracts/recovery/lease-wire.ts';
import type { ClusterSettings } from '../../specs/kernel/clusters.ts';
import { awaitPromotion } from './acts/await-promotion.ts';
import { awaitReplay } from './acts/await-replay.ts';
import { fenceFormer } from './acts/fence-former.ts';
import { fenceNode } from './acts/fence-node.ts';
import { followNode } from './acts/follow-node.ts';
import { keepStandby } from './acts/keep-standby.ts';
import { prepareToLead } from './acts/prepare-to-lead.ts';
import { promoteNode } from './acts/promote-node.ts';
import { proveArchiving } from './acts/prove-archiving.ts';
import { proveWrites } from './acts/prove-writes.ts';
import { restartNode } from './acts/restart-node.ts';
import { unfenceNode } from './acts/unfence-node.ts';
import { examineNode } from './facts/examine-node.ts';
import type { StartKeeper } from './lease/keeper-job.ts';
import { Leases } from './lease/leases.ts';
import { DatabaseNode } from './node.ts';
import { rejoinNode } from './rejoin/rejoin-node.ts';
import { observeNode } from './watch/observe-node.ts';
import { watchHeld, watchNode } from './watch/watch-node.ts';

interface DatabaseNodesOptions {
  agent: string;
  clusters: readonly ClusterSettings[];
  tools: Tools;
  /** Of the agent. */
  stateFolder: string;
  startKeeper: StartKeeper;
  onError(message: string, error: unknown): void;
}

export interface DatabaseNodes {
  host: DatabaseHost;
  /** What an earlier agent has left: those leases that have not run out are released. */
  takeUpLeases(wireOf: (activity: LeasedActivity) => LeaseWire): Promise<void>;
  /** Returns once no lease is held any more. */
  close(): Promise<void>;
}

/**
 * PostgreSQL servers of this host as nodes of a database that streams. A server whose lease has run out
 * while no agent ran is fenced before this returns.
 */
export async function openDatabaseNodes(options: DatabaseNodesOptions): Promise<DatabaseNodes> {
  const { agent, clusters, tools, stateFolder, startKeeper, onError } = options;
  const nodes = new Map(
    clusters.map((settings) => {
      const folder = nodeFolder(stateFolder, settings.name);
      const node = new DatabaseNode({ agent, settings, tools, stateFolder: folder });
      return [settings.name, node];
    }),
  );
  const of = ({ cluster }: NodeCall): DatabaseNode => {
    const node = nodes.get(cluster);
    if (node === undefined) throw new AgentError('refused', `there is no cluster ${cluster}`);
    return node;
  };
  const leases = new Leases({ startKeeper, onError });
  await leases.fenceLeft([...nodes.values()]);
  return {
    host: hostOf(of, leases),
    takeUpLeases: (wireOf) => leases.takeUpLeft([...nodes.values()], wireOf),
    close: () => leases.close(),
  };
}

export function nodeFolder(stateFolder: string, cluster: string): string {
  return join(stateFolder, 'databases', cluster);
}

function hostOf(of: (call: NodeCall) => DatabaseNode, leases: Leases): DatabaseHost {
  return {
    examineNode: async (call) => examineNode(of(call), call.answerWithinMs),
    observeNode: async (call) => observeNode(of(call), call),
    watchNode: async (call, attempt, onAnswer, wire) => {
      const { leaseMs } = call;
      if (leaseMs === undefined) return watchNode(of(call), call, attempt, onAnswer);
      if (wire === undefined) throw new AgentError('refused', 'nothing says how a lease is held');
      return watchHeld(of(call), call, attempt, leases.hold(of(call), wire, leaseMs));
    },
    awaitReplay: async (call, attempt) => awaitReplay(of(call), call, attempt),
    fenceNode: async (call, attempt) => {
      const evidence = await fenceNode(of(call), call, attempt);
      await leases.forget(of(call));
      return evidence;
    },
    fenceFormer: async (call, attempt) => {
      const former = await fenceFormer(of(call), call, attempt);
      if ('fence' in former) await leases.forget(of(call));
      return former;
    },
    unfenceNode: async (call, attempt) => unfenceNode(of(call), call.fence, attempt),
    restartNode: async (call, attempt) => restartNode(of(call), attempt),
    promoteNode: async (call, attempt) => promoteNode(of(call), call, attempt),
    awaitPromotion: async (call, attempt) => awaitPromotion(of(call), call, attempt),
    keepStandby: async (call, attempt) => keepStandby(of(call), attempt),
    proveWrites: async (call) => proveWrites(of(call), call.nonce),
    proveArchiving: async (call, attempt) => proveArchiving(of(call), call, attempt),
    prepareToLead: async (call) => prepareToLead(of(call), call.slots),
    followNode: async (call, attempt) => followNode(of(call), call, attempt),
    rejoinNode: async (call, attempt) => {
      await leases.endHeld(of(call));
      return rejoinNode(of(call), call, attempt);
    },
  };
}
