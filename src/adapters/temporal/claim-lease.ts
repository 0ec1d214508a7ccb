import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { claimLeaseUpdate, type LeaseWordActivities } from '../../contracts/recovery/lease-word.ts';
import { databaseKinds } from '../../kinds/databases.ts';
import { workflowIdOf } from '../../kinds/locks.ts';
import type { SeenPrimary } from '../../specs/recovery/failover.ts';

const answerWithinMs = 8_000;

/** Asks the watch itself: nobody else may say that a lease has run out. */
export function createClaimLease(client: Client): LeaseWordActivities {
  return {
    async claimLease({ environment, database, node, runRef }) {
      const subject = { environment, name: database };
      const watch = client.workflow.getHandle(workflowIdOf(databaseKinds.databaseWatch, subject));
      try {
        const word = await client.withDeadline(Date.now() + answerWithinMs, () =>
          watch.executeUpdate<SeenPrimary | null, [string]>(claimLeaseUpdate, {
            args: [node],
            updateId: `${runRef}/${claimLeaseUpdate}`,
          }),
        );
        return word ?? undefined;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    },
  };
}
