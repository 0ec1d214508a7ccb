import {
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  sleep,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { databaseKinds, fenceSubject } from '../../../src/kinds/databases.ts';
import { workflowIdOf } from '../../../src/kinds/locks.ts';
import type { DatabaseNode } from '../../../src/specs/recovery/database-node.ts';
import type { FailoverSpec } from '../../../src/specs/recovery/failover.ts';
import { carryOn } from './carry-on.ts';
import type { DatabaseRun } from './database-run.ts';

const endsWithinMs = 1_000;

/**
 * Has a former primary fenced whose host could not be asked, by a run that outlives this one and waits
 * for the host. Without it, a host that comes back would start a second primary.
 */
export async function fenceOnReturn(
  run: DatabaseRun<FailoverSpec>,
  former: DatabaseNode,
): Promise<void> {
  const { name: node } = former;
  run.found.unfenced = node;
  const workflowId = workflowIdOf(databaseKinds.fence, fenceSubject({ plan: run.plan, node }));
  await carryOn(run, `have ${node} fenced once its host is back`, async ({ prove }) => {
    await startFence(run, node, workflowId);
    prove({ what: 'waits for its host', source: workflowId, value: `${node} is not fenced yet` });
  });
  run.note(`${node} is not fenced yet: ${workflowId} fences it as soon as its agent answers`);
}

/** One that an earlier failover has left waits for the same host, for an older reason. */
async function startFence(
  run: DatabaseRun<FailoverSpec>,
  node: string,
  workflowId: string,
): Promise<void> {
  const { plan } = run.input as { plan: unknown };
  const request = { requestId: `${run.id}-fence-${node}`, by: 'the failover of the database' };
  for (;;) {
    try {
      await startChild(databaseKinds.fence.workflowType, {
        ...{ workflowId, workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const },
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        args: [{ kind: 'fence', plan, node }, request],
      });
      return;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    await getExternalWorkflowHandle(workflowId)
      .cancel()
      .catch(() => undefined);
    await sleep(endsWithinMs);
  }
}
