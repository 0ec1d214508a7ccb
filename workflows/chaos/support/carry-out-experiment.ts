import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  condition,
  isCancellation,
  ParentClosePolicy,
  startChild,
  TerminatedFailure,
  TimeoutFailure,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import type { CampaignRow } from '../../../src/contracts/chaos/campaign-details.ts';
import type { ExperimentDetails } from '../../../src/contracts/chaos/details.ts';
import type { VerbInput } from '../../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import { attributesOfStart } from '../../../src/contracts/kernel/search-attributes.ts';
import { chaosKinds } from '../../../src/kinds/chaos.ts';
import { workflowIdOf } from '../../../src/kinds/locks.ts';
import { shorten } from '../../../src/policies/kernel/notifications/bounded-text.ts';
import type { CampaignExperiment } from '../../../src/specs/chaos/campaign-spec.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { CampaignRun } from './campaign-run.ts';

type Done = Pick<
  CampaignRow,
  'startedAtMs' | 'endedAtMs' | 'outcome' | 'reason' | 'runRef' | 'recoveredAfterMs'
>;

/** Every status and continuation carries the rows, so each stays small. */
const longestReason = 300;

/** By a run of its own; whoever halts the campaign meanwhile halts that. */
export async function carryOut(
  run: CampaignRun,
  { experiment, written }: Pick<CampaignExperiment, 'experiment' | 'written'>,
  name: string,
): Promise<Done> {
  const kind = chaosKinds.chaosExperiment;
  const subject = kind.subject(experiment);
  const workflowId = workflowIdOf(kind, subject);
  return takeStep(run, name, async ({ prove }) => {
    const startedAtMs = Date.now();
    const ended = await resultOf(async () => {
      const child = await startChild(kind.workflowType, {
        workflowId,
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        // Where the campaign is terminated, the experiment removes its faults.
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        args: [
          written,
          {
            requestId: `${run.id}/${name}`,
            by: run.request?.by ?? run.status.workflowId,
            why: `campaign ${run.status.workflowId}`,
          },
        ],
        typedSearchAttributes: Object.entries(attributesOfStart(kind.kind, subject)).map(
          ([attribute, value]) => ({ key: defineSearchAttributeKey(attribute, 'KEYWORD'), value }),
        ),
        staticSummary: `${subject.environment}/${subject.name}, by a campaign`,
      });
      return untilEnded(run, child);
    });
    const reason = shorten(ended.reason, longestReason);
    prove({ what: ended.outcome, source: workflowId, value: reason });
    return { ...ended, reason, startedAtMs, endedAtMs: Date.now() };
  });
}

async function untilEnded(run: CampaignRun, child: ChildWorkflowHandle<never>): Promise<RunReport> {
  const result = child.result() as Promise<RunReport>;
  let isOver = false;
  const over = result.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  // A campaign that is cancelled waits until its experiment, which is cancelled with it, has removed its faults.
  const halted = CancellationScope.nonCancellable(() =>
    condition(() => run.halted !== undefined || isOver),
  );
  await Promise.race([over, halted]);
  if (!isOver) await halt(run, child);
  return result;
}

/** One that is over meanwhile, or is removing its faults already, needs no halt. */
async function halt(run: CampaignRun, child: ChildWorkflowHandle<never>): Promise<void> {
  const abort: VerbInput = {
    by: run.status.workflowId,
    why: run.halted ?? 'the campaign was halted',
  };
  try {
    await child.signal<[VerbInput]>('abort', abort);
  } catch (error) {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
  }
}

async function resultOf(
  act: () => Promise<RunReport>,
): Promise<Pick<Done, 'outcome' | 'reason' | 'runRef' | 'recoveredAfterMs'>> {
  try {
    const { outcome, reason, runRef, details } = await act();
    const { recoveredAfterMs } = details as ExperimentDetails;
    return {
      ...{ outcome, reason, runRef },
      ...(recoveredAfterMs !== undefined && { recoveredAfterMs }),
    };
  } catch (error) {
    if (isCancellation(error)) throw error;
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      return { outcome: 'Refused', reason: 'a run of it is open already' };
    }
    const reason = reasonOf(error);
    const cause = error instanceof Error ? error.cause : undefined;
    const isEnded = cause instanceof TerminatedFailure || cause instanceof TimeoutFailure;
    if (!isEnded) return { outcome: 'Refused', reason };
    return { outcome: 'Aborted', reason: `${reason}; its faults end by their leases` };
  }
}
