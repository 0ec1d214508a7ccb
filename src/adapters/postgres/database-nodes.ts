import { join } from 'node:path';
import type { Tools } from '../../contracts/backups/provider.ts';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { DatabaseHost } from '../../contracts/recovery/database-host.ts';
import type { NodeCall } from '../../contracts/recovery/database-node.ts';
import type { ClusterSettings } from '../../specs/kernel/clusters.ts';
import { awaitReplay } from './acts/await-replay.ts';
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
import { DatabaseNode } from './node.ts';
import { rejoinNode } from './rejoin/rejoin-node.ts';
import { observeNode } from './watch/observe-node.ts';
import { watchNode } from './watch/watch-node.ts';

interface DatabaseNodesOptions {
  agent: string;
  clusters: readonly ClusterSettings[];
  tools: Tools;
  /** Of the agent. */
  stateFolder: string;
}

/** PostgreSQL servers of this host as nodes of a database that streams. */
export function createDatabaseNodes(options: DatabaseNodesOptions): DatabaseHost {
  const { agent, clusters, tools, stateFolder } = options;
  const of = ({ cluster }: NodeCall): DatabaseNode => {
    const settings = clusters.find(({ name }) => name === cluster);
    if (settings === undefined) throw new AgentError('refused', `there is no cluster ${cluster}`);
    const folder = join(stateFolder, 'databases', cluster);
    return new DatabaseNode({ agent, settings, tools, stateFolder: folder });
  };
  return {
    examineNode: async (call) => examineNode(of(call)),
    observeNode: async (call) => observeNode(of(call), call),
    watchNode: async (call, attempt, onAnswer) => watchNode(of(call), call, attempt, onAnswer),
    awaitReplay: async (call, attempt) => awaitReplay(of(call), call, attempt),
    fenceNode: async (call, attempt) => fenceNode(of(call), call, attempt),
    unfenceNode: async (call, attempt) => unfenceNode(of(call), call.fence, attempt),
    restartNode: async (call, attempt) => restartNode(of(call), attempt),
    promoteNode: async (call, attempt) => promoteNode(of(call), call, attempt),
    keepStandby: async (call, attempt) => keepStandby(of(call), attempt),
    proveWrites: async (call) => proveWrites(of(call), call.nonce),
    proveArchiving: async (call, attempt) => proveArchiving(of(call), call, attempt),
    prepareToLead: async (call) => prepareToLead(of(call), call.slots),
    followNode: async (call, attempt) => followNode(of(call), call, attempt),
    rejoinNode: async (call, attempt) => rejoinNode(of(call), call, attempt),
  };
}
