import { randomUUID } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { describeRun } from '../../adapters/temporal/describe-run.ts';
import { keywordPairs } from '../../adapters/temporal/keyword-pairs.ts';
import { listedRun, type ListedRun } from '../../adapters/temporal/list-runs.ts';
import { attributesOfStart } from '../../contracts/kernel/search-attributes.ts';
import type { AnyKind, Subject } from '../../kinds/kind.ts';
import { workflowIdOf } from '../../kinds/locks.ts';

export interface RunOrder {
  kind: AnyKind;
  subject: Subject;
  /** What the workflow is given: it resolves this itself. */
  asWritten: Readonly<Record<string, unknown>>;
  taskQueue: string;
  by: string;
  why?: string;
}

export type StartedRun =
  | { state: 'started'; workflowId: string; runId: string }
  /** One is open under the same workflow ID. */
  | { state: 'open'; open: ListedRun };

/** Starts a run; where one is open under its workflow ID, nothing is started. */
export async function startRun(client: Client, order: RunOrder): Promise<StartedRun> {
  const { kind, subject, by, why } = order;
  const workflowId = workflowIdOf(kind, subject);
  const name = `${subject.environment}/${subject.name}`;
  try {
    const handle = await client.workflow.start(kind.workflowType, {
      workflowId,
      workflowIdConflictPolicy: 'FAIL',
      taskQueue: order.taskQueue,
      args: [order.asWritten, { requestId: randomUUID(), by, ...(why !== undefined && { why }) }],
      typedSearchAttributes: keywordPairs(attributesOfStart(kind.kind, subject)),
      staticSummary: `${kind.kind} of ${name}`,
      staticDetails: [
        `Asked for by ${by}${why === undefined ? '' : `: ${why}`}`,
        '',
        `Follow it with \`belay watch ${workflowId}\`.`,
      ].join('\n'),
    });
    return { state: 'started', workflowId, runId: handle.firstExecutionRunId };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const open = await describeRun(client, workflowId);
    if (open === undefined) throw error;
    return { state: 'open', open: listedRun(open) };
  }
}
