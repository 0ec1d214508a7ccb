import {
  isCancellation,
  ParentClosePolicy,
  rootCause,
  startChild,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import { databaseKinds } from '../../../src/kinds/databases.ts';
import { workflowIdOf } from '../../../src/kinds/locks.ts';
import type { DatabaseNode } from '../../../src/specs/recovery/database-node.ts';
import { takeStep } from '../../kernel/steps.ts';
import { askPerson } from './ask-person.ts';
import type { JudgedNews } from './judge-news.ts';
import type { WatchRun } from './watch-run.ts';

type Failover = ChildWorkflowHandle<(...args: unknown[]) => Promise<RunReport>>;

/** Starts a failover, and waits for its end. It goes on by itself where the watch is stopped. */
export async function failOver(
  run: WatchRun,
  primary: DatabaseNode,
  { why, ...news }: JudgedNews,
): Promise<void> {
  const outcome = await takeStep(run, `fail over from ${primary.name}`, async ({ prove }) => {
    const failover = await startFailover(run, primary, news);
    if (failover === undefined) return 'another recovery of this database is under way';
    // Also of one that fails: what failed once is not tried again and again.
    run.memory = { ...run.memory, failedOverAtMs: Date.now() };
    prove({ what: 'started', source: failover.workflowId, value: why });
    try {
      const { outcome: ended, reason } = await failover.result();
      prove({ what: ended, source: failover.workflowId, value: reason });
      return ended === 'FailedOver' ? undefined : `${ended}: ${reason}`;
    } catch (error) {
      if (isCancellation(error)) throw error;
      return `the failover was refused: ${rootCause(error) ?? String(error)}`;
    }
  });
  if (outcome !== undefined) await askPerson(run, primary, outcome);
}

async function startFailover(
  run: WatchRun,
  { name }: DatabaseNode,
  { sinceMs, last }: Omit<JudgedNews, 'why'>,
): Promise<Failover | undefined> {
  const { workflowType, kind } = databaseKinds.failover;
  const { lsn, synchronousStandbys } = last ?? {};
  const seen = {
    ...{ node: name, downSinceMs: sinceMs },
    ...(lsn !== undefined && { lsn }),
    ...(synchronousStandbys !== undefined && { synchronousStandbys }),
  };
  try {
    return await startChild(workflowType, {
      workflowId: workflowIdOf(databaseKinds.failover, run.status.subject),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      parentClosePolicy: ParentClosePolicy.ABANDON,
      args: [
        { kind, plan: run.input, seen },
        { requestId: `${run.id}-${sinceMs}`, by: 'the watch of the database' },
      ],
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}
