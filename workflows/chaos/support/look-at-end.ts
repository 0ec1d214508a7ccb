import { sleep } from '@temporalio/workflow';
import { callTarget, witnessOf } from '../../../src/policies/chaos/call-target.ts';
import { seenAtEndWithinMs } from '../../../src/policies/chaos/seen-within.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import type { OpenStep } from '../../kernel/steps.ts';
import type { ExperimentRun } from './experiment-run.ts';
import { lookFor } from './inject-faults.ts';
import type { InjectedFault, Progress } from './progress.ts';

const pollMs = 500;

/** Whether each fault was there to the end; all at once, since their leases end together. */
export async function lookAtEnd(
  run: ExperimentRun,
  spec: ChaosExperimentSpec,
  { step, progress }: { step: OpenStep; progress: Progress },
): Promise<void> {
  const seen = await Promise.all(
    progress.injected.map((fault) => lookUntilClear(run, spec, fault)),
  );
  progress.injected.forEach(({ target }, index) => {
    const { isEffective, isThere, isUnknown, detail = '' } = seen[index] ?? {};
    step.prove({ what: 'still there', source: witnessOf(target), value: detail });
    if (isEffective) return;
    const { vanished, idle, unseen } = progress;
    const list = isUnknown ? unseen : isThere ? idle : vanished;
    list.push(`${callTarget(target)}: ${detail}`);
  });
}

async function lookUntilClear(
  run: ExperimentRun,
  spec: ChaosExperimentSpec,
  fault: InjectedFault,
): ReturnType<typeof lookFor> {
  const deadlineMs = Date.now() + seenAtEndWithinMs;
  for (;;) {
    const seen = await lookFor(run, spec, fault);
    const isClear = seen.isEffective || !seen.isThere || seen.isUnknown === true;
    if (isClear || Date.now() >= deadlineMs) return seen;
    await sleep(pollMs, { summary: 'until a probe sees what the fault does' });
  }
}
