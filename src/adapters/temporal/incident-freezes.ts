import { WorkflowNotFoundError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import {
  changeControlMessages,
  type ChangeControlReceipt,
  type Freeze,
} from '../../contracts/kernel/change-control.ts';
import type { FreezeOrder, IncidentActivities } from '../../contracts/recovery/incident.ts';
import { changeControlWorkflowId } from '../../kinds/locks.ts';
import { readChangeControlState, tellChangeControl } from './change-control.ts';

const answerWithinMs = 8_000;

type FreezeRef = Pick<FreezeOrder, 'environment' | 'runRef' | 'turn' | 'by'>;

/** Freezes of incidents, each known by the name under which it was made. */
export function createIncidentFreezes(
  client: Client,
  taskQueue: string,
): Pick<IncidentActivities, 'freezeForIncident' | 'thawForIncident'> {
  const find = async (ref: FreezeRef): Promise<Freeze[]> => {
    const { environment } = ref;
    const deadlineMs = Date.now() + answerWithinMs;
    const state = await readChangeControlState(client, { environment, deadlineMs });
    return state?.freezes.filter(({ by }) => by === nameOf(ref)) ?? [];
  };
  const tell = (environment: string, message: { name: string; input: object; updateId?: string }) =>
    client.withDeadline(Date.now() + answerWithinMs, () =>
      tellChangeControl<ChangeControlReceipt>(client, { environment, taskQueue, ...message }),
    );
  return {
    async freezeForIncident({ why, services, ...ref }) {
      if ((await find(ref)).length > 0) return;
      const input = { by: nameOf(ref), why, ...(services !== undefined && { services }) };
      const updateId = updateIdOf(ref);
      await tell(ref.environment, { name: changeControlMessages.freeze, input, updateId });
    },

    async thawForIncident(ref) {
      await settleFreeze(client, ref);
      for (const { id } of await find(ref)) {
        const input = { by: nameOf(ref), why: `the ${ref.by ?? 'incident'} is over`, freeze: id };
        await tell(ref.environment, { name: changeControlMessages.thaw, input });
      }
    },
  };
}

/** A freeze that change control has received and not answered would land after its thaw. */
async function settleFreeze(client: Client, ref: FreezeRef): Promise<void> {
  const handle = client.workflow.getHandle(changeControlWorkflowId(ref.environment));
  try {
    await client.withDeadline(Date.now() + answerWithinMs, () =>
      handle.getUpdateHandle(updateIdOf(ref)).result(),
    );
  } catch (error) {
    const isSettled =
      error instanceof WorkflowUpdateFailedError || error instanceof WorkflowNotFoundError;
    if (!isSettled) throw error;
  }
}

function nameOf(ref: FreezeRef): string {
  return `${ref.by ?? 'incident'} ${idOf(ref)}`;
}

const written = {
  by: /^(incident|region failover) (\S+)$/,
  why: /^(?:incident|region failover) (\S+): /,
};

/** Of which run a freeze is; undefined for those of people. `runRef` is as its name has it. */
export function runOfFreeze({
  by,
  why,
}: Pick<Freeze, 'by' | 'why'>): Pick<LeftOrder, 'workflowId' | 'runRef' | 'by'> | undefined {
  const [, what, runRef] = written.by.exec(by) ?? [];
  const [, workflowId] = written.why.exec(why) ?? [];
  if (runRef === undefined || workflowId === undefined) return undefined;
  return { workflowId, runRef, ...(what === 'region failover' && { by: what }) };
}

type LeftOrder = FreezeRef & { workflowId: string };

function updateIdOf(ref: FreezeRef): string {
  return `${idOf(ref)}/freeze`;
}

/** An incident that begins again freezes again: a late thaw of the first freeze leaves that one. */
function idOf({ runRef, turn = 1 }: FreezeRef): string {
  return turn === 1 ? runRef : `${runRef}/${turn}`;
}
