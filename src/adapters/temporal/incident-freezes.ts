import type { Client } from '@temporalio/client';
import {
  changeControlMessages,
  type ChangeControlReceipt,
} from '../../contracts/kernel/change-control.ts';
import type { IncidentActivities } from '../../contracts/recovery/incident.ts';
import { readChangeControlState, tellChangeControl } from './change-control.ts';

const answerWithinMs = 10_000;

/** Freezes of incidents, each known by the name under which it was made. */
export function createIncidentFreezes(
  client: Client,
  taskQueue: string,
): Pick<IncidentActivities, 'freezeForIncident' | 'thawForIncident'> {
  const find = async (environment: string, runRef: string) => {
    const deadlineMs = Date.now() + answerWithinMs;
    const state = await readChangeControlState(client, { environment, deadlineMs });
    return state?.freezes.find(({ by }) => by === nameOf(runRef));
  };
  const tell = (environment: string, name: string, input: object) =>
    client.withDeadline(Date.now() + answerWithinMs, () =>
      tellChangeControl<ChangeControlReceipt>(client, { environment, taskQueue, name, input }),
    );
  return {
    async freezeForIncident({ environment, runRef, why, services }) {
      if ((await find(environment, runRef)) !== undefined) return;
      const by = nameOf(runRef);
      const input = { by, why, ...(services !== undefined && { services }) };
      await tell(environment, changeControlMessages.freeze, input);
    },

    async thawForIncident({ environment, runRef }) {
      const freeze = await find(environment, runRef);
      if (freeze === undefined) return;
      const input = { by: nameOf(runRef), why: 'the incident is over', freeze: freeze.id };
      await tell(environment, changeControlMessages.thaw, input);
    },
  };
}

function nameOf(runRef: string): string {
  return `incident ${runRef}`;
}
