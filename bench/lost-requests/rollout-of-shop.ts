import type { WorkflowHandle } from '@temporalio/client';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import type { ConnectedClient } from '../../src/adapters/temporal/connection.ts';
import { startRollout } from '../../src/cli/rollouts/start-rollout.ts';
import { writtenSpec } from '../../src/specs/rollouts/written-spec.ts';
import { rolloutWorkflowId } from '../../src/kinds/locks.ts';
import { formatProblems } from '../../src/specs/kernel/problems.ts';
import { resolveSpecInput } from '../../src/specs/rollouts/resolve.ts';
import { timestampMs } from '../measures/timestamp-ms.ts';
import type { DeployedShop } from './deployed-shop.ts';
import type { Lane } from './ground.ts';
import type { Operation } from './operations.ts';

interface RolloutOrder {
  client: ConnectedClient;
  lane: Lane;
  spec: Operation['spec'];
}

/** Rolls out v2, as `belay deploy` does. Returns when the rollout may act. */
export async function startRolloutOf(
  { plan, target }: DeployedShop,
  { client, lane, spec: { env, ...written } }: RolloutOrder,
): Promise<WorkflowHandle> {
  const asWritten = {
    service: plan.name,
    environment: plan.namespace,
    target,
    release: { version: 'v2', image: shopImage('v2'), ...(env !== undefined && { env }) },
    ...written,
  };
  const resolution = resolveSpecInput(written.kind, asWritten);
  if (!resolution.ok) {
    throw new Error(formatProblems(resolution.problems, { source: 'the spec of this trial' }));
  }
  const { spec } = resolution;
  await startRollout(client, {
    spec,
    asWritten: writtenSpec(asWritten),
    taskQueue: lane.taskQueue,
    by: 'bench',
  });
  return client.workflow.getHandle(rolloutWorkflowId(spec));
}

/** When the act that makes the release stable was scheduled; undefined if it never was. */
export async function commitOf(handle: WorkflowHandle): Promise<number | undefined> {
  const { events } = await handle.fetchHistory();
  const commit = events?.find(
    ({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'promoteCanary',
  );
  return commit && timestampMs(commit.eventTime);
}
