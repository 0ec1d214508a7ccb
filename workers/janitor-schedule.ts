import type { Client, ScheduleOptions } from '@temporalio/client';
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Config } from '../src/config/config.ts';
import type { Patrol } from '../src/contracts/kernel/leftovers.ts';
import { janitorWorkflowType } from '../src/kinds/workflow-types.ts';

const patrolMs = 10 * 60_000;

/**
 * Makes sure that patrols follow each other, whoever starts first. One run sweeps for a whole
 * patrol, so that the list of workflows is not buried under sweeps; the next one is buffered, so
 * that it begins when the last one ends.
 */
export async function scheduleJanitor(
  client: Client,
  { taskQueue, janitorIntervalMs }: Pick<Config, 'taskQueue' | 'janitorIntervalMs'>,
): Promise<void> {
  const patrol: Patrol = { everyMs: janitorIntervalMs, forMs: patrolMs };
  const options: ScheduleOptions = {
    scheduleId: `${taskQueue}-janitor`,
    spec: { intervals: [{ every: patrolMs }] },
    policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: '1 min' },
    state: { triggerImmediately: true },
    action: {
      type: 'startWorkflow',
      workflowType: janitorWorkflowType,
      workflowId: `scheduled/${taskQueue}-janitor`,
      taskQueue,
      args: [patrol],
    },
  };
  try {
    await client.schedule.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const { spec, policies, action } = options;
    await client.schedule.getHandle(options.scheduleId).update((present) => ({
      ...present,
      spec,
      policies: { ...present.policies, ...policies },
      action,
    }));
  }
}
