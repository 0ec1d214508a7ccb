import type { Client } from '@temporalio/client';
import type { CampaignSchedule } from '../../contracts/chaos/campaign-schedules.ts';
import { chaosKinds } from '../../kinds/chaos.ts';
import { parseScheduleId } from '../../kinds/schedule-id.ts';
import { isRunning } from './liveness.ts';
import { describeSchedule, dueSinceMs, listScheduleIds, startOf } from './schedules.ts';

const { kind: campaign } = chaosKinds.chaosCampaign;
/** Shorter than a scrape, which Prometheus limits to ten seconds. */
const answerWithinMs = 5_000;

export async function listCampaignSchedules(client: Client): Promise<CampaignSchedule[]> {
  return client.withDeadline(Date.now() + answerWithinMs, async () => {
    const ids = await listScheduleIds(client);
    const own = ids.filter((id) => parseScheduleId(id)?.kind === campaign);
    const read = await Promise.all(own.map((id) => readCampaignSchedule(client, id)));
    return read.filter((each) => each !== undefined);
  });
}

/** Undefined where it was removed meanwhile. */
async function readCampaignSchedule(
  client: Client,
  id: string,
): Promise<CampaignSchedule | undefined> {
  const described = await describeSchedule(client, id);
  if (described === undefined) return undefined;
  const { subject, schedule, workflowId } = startOf(described);
  return {
    ...{ subject, schedule, isPaused: described.state.paused },
    sinceMs: dueSinceMs(described),
    isOpen: await isRunning(client, workflowId),
  };
}
