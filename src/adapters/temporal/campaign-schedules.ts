import type { Client } from '@temporalio/client';
import type { CampaignSchedule } from '../../contracts/chaos/campaign-schedules.ts';
import type { ScheduledStart } from '../../contracts/kernel/schedules.ts';
import { chaosKinds } from '../../kinds/chaos.ts';
import { parseScheduleId } from '../../kinds/schedule-id.ts';
import { createLiveness } from './liveness.ts';
import { listScheduleIds } from './schedules.ts';

const { kind: campaign } = chaosKinds.chaosCampaign;
/** Shorter than a scrape, which Prometheus limits to ten seconds. */
const answerWithinMs = 5_000;

export async function listCampaignSchedules(client: Client): Promise<CampaignSchedule[]> {
  return client.withDeadline(Date.now() + answerWithinMs, async () => {
    const ids = await listScheduleIds(client);
    const own = ids.filter((id) => parseScheduleId(id)?.kind === campaign);
    return Promise.all(own.map((id) => readCampaignSchedule(client, id)));
  });
}

async function readCampaignSchedule(client: Client, id: string): Promise<CampaignSchedule> {
  const { action, info, state } = await client.schedule.getHandle(id).describe();
  const [start] = action.args as [ScheduledStart];
  const { subject, schedule, workflowId } = start;
  return {
    ...{ subject, schedule, isPaused: state.paused },
    sinceMs: (info.lastUpdatedAt ?? info.createdAt).getTime(),
    isOpen: await createLiveness(client)(workflowId),
  };
}
