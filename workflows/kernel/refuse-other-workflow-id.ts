import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import type { KindDefinition, Subject } from '../../src/kinds/kind.ts';
import { workflowIdOf } from '../../src/kinds/locks.ts';

/** The workflow ID is the lock on a subject: under another one, two runs could change it at once. */
export function refuseOtherWorkflowId(
  kind: Pick<KindDefinition, 'lock' | 'family' | 'subjectName' | 'workflowType'>,
  subject: Subject,
): void {
  const { workflowId, taskQueue } = workflowInfo();
  const right = workflowIdOf(kind, subject);
  if (workflowId === right) return;
  throw ApplicationFailure.nonRetryable(
    `This must run under the workflow ID ${right}, not ${workflowId}: the ID keeps two ${kind.family} of one ${kind.subjectName} apart. ` +
      `Start it with: temporal workflow start --type ${kind.workflowType} --task-queue ${taskQueue} ` +
      `--workflow-id ${right} --fail-existing --input-file YOUR_SPEC.json`,
    failureTypes.wrongWorkflowId,
  );
}
