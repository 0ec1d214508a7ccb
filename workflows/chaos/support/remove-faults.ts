import { CancellationScope, sleep } from '@temporalio/workflow';
import { callTarget, witnessOf } from '../../../src/policies/chaos/call-target.ts';
import { longestFaultMs } from '../../../src/policies/chaos/lease-plan.ts';
import { removalPauseMs } from '../../../src/policies/chaos/history-room.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import type { Fault } from '../../../src/specs/chaos/fault.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { ExperimentRun } from './experiment-run.ts';
import { lookFor, removing } from './inject-faults.ts';
import type { InjectedFault } from './progress.ts';

/** An agent that is down comes back, or the lease of the fault ends: past both, a person has to look. */
const pastLeaseMs = 30_000;

/** Removes all of them, whatever becomes of each, and has each shown to be gone. Returns what is left. */
export async function removeFaults(
  run: ExperimentRun,
  spec: ChaosExperimentSpec,
  faults: readonly InjectedFault[],
): Promise<string[]> {
  run.beginRemoval();
  return CancellationScope.nonCancellable(() =>
    takeStep(run, 'remove every fault', async ({ prove }) => {
      const { durationMs } = spec;
      const left = await Promise.all(
        faults.map(async (each) => {
          const order = { ...each, fault: spec.fault, durationMs, others: faults.length - 1 };
          const still = await removeFault(run, order);
          const value = still ?? 'gone';
          prove({ what: 'gone', source: witnessOf(each.target), value });
          if (still === undefined) run.undo.disarm(removing(each));
          return still === undefined ? [] : [`${callTarget(each.target)}: ${still}`];
        }),
      );
      run.found.removedAtMs = Date.now();
      run.found.leftBehind = left.flat();
      return run.found.leftBehind;
    }),
  );
}

interface RemovalOrder extends InjectedFault {
  fault: Fault;
  durationMs?: number;
  /** How many are removed beside it. */
  others?: number;
}

/**
 * Removes one until its agent has confirmed that, and the kernel shows that it is gone; returns what is
 * left after all its time. Until it is confirmed, an injection that is under way may still take effect.
 */
export async function removeFault(
  run: ExperimentRun,
  { durationMs = 0, others = 0, ...fault }: RemovalOrder,
): Promise<string | undefined> {
  const beganAtMs = Date.now();
  const deadlineMs = beganAtMs + longestFaultMs(durationMs) + pastLeaseMs;
  let isReverted = false;
  let failure: string | undefined;
  for (;;) {
    try {
      if (!isReverted) await run.actsOn(fault.target).remove(fault.lease);
      isReverted = true;
    } catch (error) {
      const why = reasonOf(error);
      if (failure === undefined) run.note(`Removing failed on ${callTarget(fault.target)}: ${why}`);
      failure = why;
    }
    const seen = await lookFor(run, fault, fault);
    if (isReverted && !seen.isThere) return undefined;
    if (Date.now() >= deadlineMs) {
      return isReverted
        ? seen.detail
        : `its removal was not confirmed (${failure}); ${seen.detail}`;
    }
    const pauseMs = removalPauseMs(Date.now() - beganAtMs, others);
    await sleep(pauseMs, { summary: 'until a probe sees that the fault is gone' });
  }
}
