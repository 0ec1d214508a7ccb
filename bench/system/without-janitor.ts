import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { janitorWorkflowType } from '../../src/kinds/workflow-types.ts';
import type { MeasuredSystem } from './measured-system.ts';

/** Its activity notices only at its next heartbeat that it was stopped; until then it sweeps. */
const lastHeartbeatMs = 9_000;

/**
 * Runs while no janitor is active: a janitor would remove a service that no workflow owns, and the
 * server counts its heartbeats together with those of rollouts.
 */
export async function withoutJanitor<T>(
  { client, config }: MeasuredSystem,
  act: () => Promise<T>,
): Promise<T> {
  const schedule = client.schedule.getHandle(`${config.taskQueue}-janitor`);
  await schedule.pause('a benchmark prepares or counts');
  const patrols = client.workflow.list({
    query: `WorkflowType = '${janitorWorkflowType}' AND ExecutionStatus = 'Running'`,
  });
  for await (const { workflowId } of patrols) {
    await client.workflow
      .getHandle(workflowId)
      .terminate('a benchmark prepares or counts')
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
  }
  await sleep(lastHeartbeatMs);
  try {
    return await act();
  } finally {
    await schedule.unpause();
    await schedule.trigger();
  }
}
