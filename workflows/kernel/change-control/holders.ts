import { getExternalWorkflowHandle, log } from '@temporalio/workflow';
import type {
  ChangeControlActivities,
  EngagedLever,
  Permit,
} from '../../../src/contracts/kernel/change-control.ts';
import type { VerbInput } from '../../../src/contracts/kernel/messages.ts';
import { reasonOf } from '../reason-of.ts';
import type { Desk } from './desk.ts';

type FindDeadHolders = Pick<ChangeControlActivities, 'findDeadHolders'>;

/** One that cannot be asked about counts as alive. */
export async function dropDeadHolders(
  desk: Desk,
  permits: readonly Permit[],
  { findDeadHolders }: FindDeadHolders,
): Promise<void> {
  try {
    const dead = new Set(
      await findDeadHolders(
        permits.map(({ runRef, workflowId, firstRunId }) => ({ runRef, workflowId, firstRunId })),
      ),
    );
    if (dead.size > 0) desk.dropPermits(({ runRef }) => dead.has(runRef));
  } catch (error) {
    log.warn(`Holders of permits could not be asked about: ${reasonOf(error)}`);
  }
}

/** Has the holder abort and undo. Returns whether it was told. */
export async function abortHolder(
  desk: Desk,
  { workflowId, runRef }: Permit,
  { by, why }: Pick<EngagedLever, 'by' | 'why'>,
): Promise<boolean> {
  try {
    const abort: VerbInput = { by, why, runRef };
    await getExternalWorkflowHandle(workflowId).signal<[VerbInput]>('abort', abort);
    return true;
  } catch (error) {
    // There is no such workflow any more.
    desk.dropPermits((permit) => permit.runRef === runRef);
    desk.record(`${workflowId} could not be aborted: ${reasonOf(error)}`);
    return false;
  }
}
