import { changeControlWorkflowId } from '../../src/kinds/locks.ts';
import { countActions } from '../measures/count-actions.ts';
import { until } from '../measures/until.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';
import { firstRelease, inProcess, serviceNamed, startCanary } from '../system/services.ts';
import { withoutJanitor } from '../system/without-janitor.ts';

/** What change control adds to the Actions of one rollout. */
export interface PermitActions {
  activities: number;
  updates: number;
  signals: number;
  total: number;
}

/** Of a rollout in an environment where nobody else asks. */
export async function countPermitActions(system: MeasuredSystem): Promise<PermitActions> {
  const { client } = system;
  const ref = serviceNamed('counted');
  await withoutJanitor(system, () => firstRelease(system, ref, inProcess('v0')));
  const workflowId = await startCanary(system, ref, {
    release: inProcess('v1'),
    stages: [{ weight: 50, hold: '1s' }],
    analysis: 'none',
  });
  const handle = client.workflow.getHandle(workflowId);
  await handle.result();
  const control = client.workflow.getHandle(changeControlWorkflowId(ref.environment));
  const { updates, signals } = await until('the permit is given back', async () => {
    const counted = countActions(await control.fetchHistory());
    return counted.signals > 0 ? counted : undefined;
  });
  const { events } = await handle.fetchHistory();
  const activities = (events ?? []).filter(
    ({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'askPermit',
  ).length;
  return { activities, updates, signals, total: activities + updates + signals };
}
