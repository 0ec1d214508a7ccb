import {
  ChildWorkflowCancellationType,
  isCancellation,
  ParentClosePolicy,
  patched,
  startChild,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import type { DatabaseDetails } from '../../../../src/contracts/recovery/database-details.ts';
import { databaseKinds } from '../../../../src/kinds/databases.ts';
import { seenByWatch } from '../../../../src/policies/recovery/databases/seen-by-watch.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { asChild } from '../../../kernel/child-run.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import { takeStep } from '../../../kernel/steps.ts';
import type { JudgedNews } from './judge-news.ts';
import type { WatchRun } from './watch-run.ts';

type Failover = ChildWorkflowHandle<(...args: unknown[]) => Promise<RunReport>>;

interface Responding {
  judged: JudgedNews;
  /** It has got all that the watch knows. */
  onStarted(): void;
}

/**
 * Starts a failover, and waits for its end. It goes on by itself where the watch is stopped. Returns
 * what a person has to see to; undefined: there is a new primary.
 */
export async function failOver(
  run: WatchRun,
  primary: DatabaseNode,
  { judged, onStarted }: Responding,
): Promise<string | undefined> {
  return takeStep(run, `fail over from ${primary.name}`, async ({ prove }) => {
    const failover = await startFailover(run, primary, judged);
    if (failover === undefined) return 'another recovery of this database is under way';
    onStarted();
    takeEarlierAcknowledgement(run);
    // Also of one that fails: what failed once is not tried again and again.
    run.memory = { ...run.memory, failedOverAtMs: Date.now() };
    prove({ what: 'started', source: failover.workflowId, value: judged.why });
    try {
      const { outcome: ended, reason, details } = await failover.result();
      const { unfenced } = details as DatabaseDetails;
      if (unfenced !== undefined) run.note(`${unfenced} is not fenced yet: its host is away`);
      prove({ what: ended, source: failover.workflowId, value: reason });
      return ended === 'FailedOver' ? undefined : `${ended}: ${reason}`;
    } catch (error) {
      if (isCancellation(error)) throw error;
      return `the failover was refused: ${reasonOf(error)}`;
    }
  });
}

/** That of the failover before, which came while everybody looked, acknowledges nothing of this one. */
function takeEarlierAcknowledgement({ inbox: { acknowledgements } }: WatchRun): void {
  const isThere = acknowledgements.value !== undefined;
  if (isThere && patched('acknowledgements-are-of-what-was-before')) acknowledgements.take();
}

async function startFailover(
  run: WatchRun,
  { name }: DatabaseNode,
  judged: JudgedNews,
): Promise<Failover | undefined> {
  const { failover } = databaseKinds;
  const { why, sinceMs, lookedAtMs } = judged;
  const agreed = { atMs: lookedAtMs, why };
  const seen = { ...seenByWatch(name, judged), ...run.timelineOf(name), agreed };
  try {
    return await startChild(failover.workflowType, {
      ...asChild(failover, {
        subject: run.status.subject,
        spec: { kind: failover.kind, plan: run.input, seen },
        request: { requestId: `${run.id}-${sinceMs}`, by: 'the watch of the database' },
        startedBy: 'its watch',
      }),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}
