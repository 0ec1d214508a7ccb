import { proxyActivities } from '@temporalio/workflow';
import type { IncidentActivities } from '../../../../src/contracts/recovery/incident.ts';

const { freezeForIncident, thawForIncident } = proxyActivities<IncidentActivities>({
  ...{ startToCloseTimeout: '10 s', scheduleToCloseTimeout: '30 s' },
  retry: { initialInterval: 500, maximumInterval: '5 s' },
  // A freeze that is under way may still land: nothing is thawed before it has.
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
});

/** What the name of the freeze, and its reason, begin with. */
export const freezer = 'region failover';

export async function freezeEnvironment(
  runRef: string,
  environment: string,
  why: string,
): Promise<void> {
  await freezeForIncident({ environment, runRef, why, by: freezer });
}

export async function thawEnvironment(runRef: string, environment: string): Promise<void> {
  await thawForIncident({ environment, runRef, by: freezer });
}
