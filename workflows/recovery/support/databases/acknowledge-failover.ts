import { getExternalWorkflowHandle, patched } from '@temporalio/workflow';
import type { VerbInput } from '../../../../src/contracts/kernel/messages.ts';
import { databaseKinds } from '../../../../src/kinds/databases.ts';
import { workflowIdOf } from '../../../../src/kinds/locks.ts';
import type { DatabaseRun } from './database-run.ts';

/**
 * A person who has made another primary has seen to the automatic failover before it. What another run has
 * started, such as a playbook for an alert, is no person.
 */
export async function acknowledgeFailover<Spec>(run: DatabaseRun<Spec>): Promise<void> {
  const { parentRef, request, plan, status } = run;
  if (parentRef !== undefined || request?.by === undefined) return;
  if (!patched('people-who-promote-acknowledge')) return;
  const { environment, database: name } = plan;
  const input: VerbInput = { by: request.by, why: `${status.workflowId} has made another primary` };
  await getExternalWorkflowHandle(workflowIdOf(databaseKinds.databaseWatch, { environment, name }))
    .signal<[VerbInput]>('acknowledge', input)
    .catch(() => undefined);
}
