import { Context } from '@temporalio/activity';
import { createLeaseWire } from '../../src/adapters/temporal/lease-wire.ts';
import { AgentError } from '../../src/contracts/kernel/agent-host.ts';
import type { DatabaseHost } from '../../src/contracts/recovery/database-host.ts';
import type {
  DatabaseNodeActivities,
  NodeCall,
  Observation,
  WatchHeartbeat,
  WatchNodeCall,
} from '../../src/contracts/recovery/database-node.ts';
import type { LeaseWire } from '../../src/contracts/recovery/lease-wire.ts';
import { withAttempt } from '../kernel/support/agent-attempts.ts';
import { callsOf } from '../kernel/support/agent-calls.ts';
import { onHost } from '../kernel/support/on-host.ts';

/** What the queue of an agent carries out for databases. */
export function createDatabaseNodeActivities(
  agent: string,
  host: DatabaseHost,
): DatabaseNodeActivities {
  const take = callsOf(agent);
  const on = onHost<NodeCall>(agent, refuseMalformed);
  const act = { named: 'act' } as const;
  return {
    examineNode: on(host.examineNode),
    observeNode: on(host.observeNode),
    watchNode: (call) => {
      if (call.leaseMs !== undefined) {
        return take(call, () => {
          refuseMalformed(call);
          return withAttempt((attempt) =>
            host.watchNode(call, attempt, () => undefined, leaseWire()),
          );
        });
      }
      let last: WatchHeartbeat | undefined;
      const onAnswer = (heartbeat: WatchHeartbeat) => (last = heartbeat);
      const watch = on<WatchNodeCall, Observation>(
        (watched, attempt) => host.watchNode(watched, attempt, onAnswer),
        { details: () => last },
      );
      return watch(call);
    },
    awaitReplay: on(host.awaitReplay),
    fenceNode: on(host.fenceNode, act),
    fenceFormer: on(host.fenceFormer, act),
    unfenceNode: on(host.unfenceNode, act),
    restartNode: on(host.restartNode, act),
    promoteNode: on(host.promoteNode, act),
    awaitPromotion: on(host.awaitPromotion),
    keepStandby: on(host.keepStandby, act),
    proveWrites: on(host.proveWrites, act),
    proveArchiving: on(host.proveArchiving, act),
    prepareToLead: on(host.prepareToLead, act),
    followNode: on(host.followNode, act),
    rejoinNode: on(host.rejoinNode, act),
  };
}

/** Of the activity that runs. */
function leaseWire(): LeaseWire {
  const { client, info } = Context.current();
  const { taskToken, activityId, workflowExecution } = info;
  if (workflowExecution === undefined) throw new Error('a lease is held for a workflow');
  return createLeaseWire(client, {
    ...workflowExecution,
    ...{ activityId, token: Buffer.from(taskToken).toString('base64') },
  });
}

function refuseMalformed({ cluster }: Partial<NodeCall>): void {
  if (typeof cluster === 'string') return;
  throw new AgentError('refused', 'a call names a cluster of the settings of its agent');
}
