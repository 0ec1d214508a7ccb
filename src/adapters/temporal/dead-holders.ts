import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { PermitHolder } from '../../contracts/kernel/change-control.ts';

const askedAtOnce = 20;

/**
 * Which of these are over. The newest run of the workflow ID must be open and of the same chain: a
 * reset begins another run of the same chain, and the next rollout of a service begins another chain.
 */
export function createFindDeadHolders(
  client: Client,
): (holders: readonly PermitHolder[]) => Promise<string[]> {
  return async (holders) => {
    const dead: string[] = [];
    for (let first = 0; first < holders.length; first += askedAtOnce) {
      const asked = holders.slice(first, first + askedAtOnce);
      const alive = await Promise.all(asked.map((holder) => isAlive(client, holder)));
      dead.push(...asked.flatMap(({ runRef }, index) => (alive[index] ? [] : [runRef])));
    }
    return dead;
  };
}

async function isAlive(client: Client, { workflowId, firstRunId }: PermitHolder): Promise<boolean> {
  try {
    const { status, raw } = await client.workflow.getHandle(workflowId).describe();
    const isOpen = status.name === 'RUNNING' || status.name === 'PAUSED';
    // Older servers do not know the first run.
    return isOpen && (raw.workflowExecutionInfo?.firstRunId || firstRunId) === firstRunId;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
