import {
  CancellationScope,
  condition,
  isCancellation,
  ParentClosePolicy,
  patched,
  startChild,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import type { CampaignRow } from '../../../src/contracts/chaos/campaign-details.ts';
import type { ExperimentDetails } from '../../../src/contracts/chaos/details.ts';
import type { VerbInput } from '../../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import { chaosKinds } from '../../../src/kinds/chaos.ts';
import { endsWithoutRun } from '../../../src/policies/kernel/fault-without-run.ts';
import { shorten } from '../../../src/policies/kernel/notifications/bounded-text.ts';
import type { CampaignExperiment } from '../../../src/specs/chaos/campaign-spec.ts';
import { asChild, endWithoutReport } from '../../kernel/child-run.ts';
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
  const child = asChild(kind, {
    subject: kind.subject(experiment),
    spec: written,
    request: {
      requestId: `${run.id}/${name}`,
      by: run.request?.by ?? run.status.workflowId,
      why: `campaign ${run.status.workflowId}`,
    },
    startedBy: 'a campaign',
  });
  return takeStep(run, name, async ({ prove }) => {
    const startedAtMs = Date.now();
    const ended = await resultOf(experiment, async () => {
      // Where the campaign is terminated, the experiment removes its faults.
      const parentClosePolicy = ParentClosePolicy.REQUEST_CANCEL;
      const started = await startChild(kind.workflowType, { ...child, parentClosePolicy });
      return untilEnded(run, started);
    });
    const reason = shorten(ended.reason, longestReason);
    prove({ what: ended.outcome, source: child.workflowId, value: reason });
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
  { fault, durationMs }: CampaignExperiment['experiment'],
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
    const { outcome, reason } = endWithoutReport(error);
    if (outcome === 'Refused') return { outcome, reason };
    return {
      outcome: patched('campaigns-stop-after-lost') ? outcome : 'Aborted',
      reason: `${reason}; ${endsWithoutRun({ fault: fault.type, durationMs })}`,
    };
  }
}
