import {
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  sleep,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { databaseKinds, fenceSubject } from '../../../../src/kinds/databases.ts';
import { workflowIdOf } from '../../../../src/kinds/locks.ts';
import { asChild } from '../../../kernel/child-run.ts';
import { takeStep, type OpenStep } from '../../../kernel/steps.ts';
import { carryOn } from '../carry-on.ts';
import type { DatabaseRun, Replaced } from './database-run.ts';

const endsWithinMs = 1_000;

/**
 * Has a former primary fenced whose host could not be asked, by a run that outlives this one and waits
 * for the host. Without it, a host that comes back would start a second primary.
 */
export async function fenceOnReturn<Spec>(
  run: DatabaseRun<Spec>,
  replaced: Replaced,
): Promise<void> {
  const { name: node } = replaced.former;
  await carryOn(run, `have ${node} fenced once its host is back`, (step) =>
    startFence(run, replaced, step),
  );
  run.found.unfenced = node;
  run.note(`${node} is not fenced yet: ${idOf(run, node)} fences it as soon as its agent answers`);
}

/** The same where nobody knows whether its successor was promoted: the run finds out. */
export async function fenceIfPromoted<Spec>(
  run: DatabaseRun<Spec>,
  replaced: Replaced,
): Promise<void> {
  const { former, successor } = replaced;
  const isKnown = run.found.unfenced === former.name;
  await takeStep(run, `have ${former.name} fenced if ${successor.node} was promoted`, (step) =>
    startFence(run, replaced, step),
  );
  if (isKnown) return;
  run.note(
    `nobody knows whether ${successor.node} was promoted: if it was, ${idOf(run, former.name)} fences ${former.name} as soon as its agent answers`,
  );
}

/** Its successor was not promoted, and never will be: nothing has to be fenced. */
export async function dropFence<Spec>(
  run: DatabaseRun<Spec>,
  { former: { name: node }, successor }: Replaced,
): Promise<void> {
  if (run.found.unfenced !== node) return;
  await cancel(idOf(run, node));
  delete run.found.unfenced;
  run.note(`${successor.node} was not promoted: ${node} is not fenced`);
}

/** One that an earlier failover has left waits for the same host, for an older reason. */
async function startFence<Spec>(
  run: DatabaseRun<Spec>,
  { former: { name: node }, successor }: Replaced,
  { prove }: OpenStep,
): Promise<void> {
  const workflowId = idOf(run, node);
  const { plan } = run.input as { plan: unknown };
  const child = asChild(databaseKinds.fence, {
    subject: fenceSubject({ plan: run.plan, node }),
    spec: { kind: 'fence', plan, node, successor },
    request: { requestId: `${run.id}-fence-${node}`, by: 'the failover of the database' },
    startedBy: 'a failover',
  });
  for (;;) {
    try {
      await startChild(databaseKinds.fence.workflowType, {
        ...child,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
      });
      break;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    if (run.found.unfenced === node) break;
    await cancel(workflowId);
    await sleep(endsWithinMs);
  }
  run.found.unfenced = node;
  prove({ what: 'waits for its host', source: workflowId, value: `${node} is not fenced yet` });
}

async function cancel(workflowId: string): Promise<void> {
  await getExternalWorkflowHandle(workflowId)
    .cancel()
    .catch(() => undefined);
}

function idOf<Spec>({ plan }: DatabaseRun<Spec>, node: string): string {
  return workflowIdOf(databaseKinds.fence, fenceSubject({ plan, node }));
}
