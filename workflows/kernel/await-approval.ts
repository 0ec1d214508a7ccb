import { ApplicationFailure, condition } from '@temporalio/workflow';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import { formatDuration } from '../../src/specs/kernel/duration.ts';
import type { Run } from './run.ts';

/** What is to be approved, by whom, and what happens if nobody decides. */
export interface WantedApproval {
  /** Follows "Waiting for approval" and "nobody approved". */
  what: { awaited: string; missed: string };
  /** Empty: anyone with a name. */
  by: string[];
  /** Absent: it waits for as long as it takes, and reminds daily. */
  limit?: { timeoutMs: number; onTimeout: 'abort' | 'approve' };
}

/** Something that goes on while people are waited for, and may end the wait by throwing. */
export interface Meanwhile {
  goOn(): void;
  hasNews(): boolean;
  takeIn(): Promise<void>;
}

/** Waits until someone with permission approves, and returns who did. A rejection interrupts the run elsewhere. */
export async function awaitApproval(
  run: Run,
  wanted: WantedApproval,
  meanwhile?: Meanwhile,
): Promise<string> {
  const { by, limit } = wanted;
  const untilMs = limit && Date.now() + limit.timeoutMs;
  run.status.needsApproval = { by, ...(untilMs !== undefined && { until: untilMs }) };
  try {
    return await untilApproved(run, wanted, untilMs, meanwhile);
  } finally {
    delete run.status.needsApproval;
    run.refresh();
  }
}

async function untilApproved(
  run: Run,
  { what, by, limit }: WantedApproval,
  untilMs: number | undefined,
  meanwhile: Meanwhile | undefined,
): Promise<string> {
  const { approvals } = run.inbox;
  approvals.take();
  run.enterPhase(
    'awaiting-approval',
    `Waiting for approval ${what.awaited} by ${by.join(' or ') || 'anyone'}`,
  );
  let approvedBy: string | undefined;
  while ((approvedBy ??= approvals.take()) === undefined) {
    meanwhile?.goOn();
    const hasChanged = () => meanwhile?.hasNews() === true || approvals.value !== undefined;
    const leftMs = untilMs && untilMs - Date.now();
    const cameInTime =
      leftMs === undefined
        ? await condition(hasChanged).then(() => true)
        : await condition(hasChanged, Math.max(1, leftMs), { summary: 'approval' });
    approvedBy = approvals.take();
    if (!cameInTime && limit !== undefined) {
      const waited = `nobody approved ${what.missed} within ${formatDuration(limit.timeoutMs)}`;
      if (limit.onTimeout === 'abort') {
        throw ApplicationFailure.nonRetryable(waited, failureTypes.notApproved);
      }
      approvedBy = `the approval's timeout: ${waited}`;
    }
    await meanwhile?.takeIn();
  }
  return approvedBy;
}
