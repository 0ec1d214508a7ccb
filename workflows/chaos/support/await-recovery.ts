import { sleep } from '@temporalio/workflow';
import { callTarget } from '../../../src/policies/chaos/call-target.ts';
import { recoveryWindowMs } from '../../../src/policies/chaos/recovery-window.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { ExperimentRun } from './experiment-run.ts';
import { lookFor } from './inject-faults.ts';
import { proveMetrics, type SteadyState } from './measure-steady-state.ts';
import { judge, observeWindow } from './observe-window.ts';
import type { Progress } from './progress.ts';

const pollMs = 500;

/** How long after the removal everything held again; undefined where it did not in its time. */
export async function awaitRecovery(
  run: ExperimentRun,
  spec: ChaosExperimentSpec,
  { steady, faults }: { steady: SteadyState; faults: Progress },
): Promise<number | undefined> {
  const { recoverWithinMs, everyMs } = spec;
  const removedAtMs = run.found.removedAtMs ?? Date.now();
  return takeStep(run, 'wait for recovery', async (step) => {
    for (;;) {
      const stopped = await findStopped(run, spec, faults);
      const sinceMs = Date.now() - removedAtMs;
      if (sinceMs > recoverWithinMs) {
        const within = formatDuration(recoverWithinMs);
        const said =
          stopped === undefined
            ? { source: 'the targets', value: `was not seen to run within ${within}` }
            : { source: stopped, value: `does not run after ${within}` };
        step.prove({ what: 'target', ...said });
        return undefined;
      }
      if (stopped === undefined) {
        const lengthMs = recoveryWindowMs(everyMs, sinceMs);
        const fromMs = Date.now();
        const { samples, problem } = await lastingAtLeast(lengthMs, () =>
          observeWindow(run, lengthMs),
        );
        const metrics = judge(run, 'after', { samples, fromMs, lengthMs }, steady.baseline);
        if (metrics.every(({ state }) => state === 'holds')) {
          proveMetrics(step, metrics, problem);
          run.found.recoveredAfterMs = sinceMs;
          return sinceMs;
        }
        if (Date.now() - removedAtMs > recoverWithinMs) {
          proveMetrics(step, metrics, problem);
          return undefined;
        }
      } else {
        await sleep(Math.max(pollMs, sinceMs / 20), { summary: 'until the target runs again' });
      }
    }
  });
}

/** Observers that are refused at once must not fill the history. */
async function lastingAtLeast<T>(leastMs: number, act: () => Promise<T>): Promise<T> {
  const untilMs = Date.now() + leastMs;
  const result = await act();
  const leftMs = untilMs - Date.now();
  if (leftMs > 0) await sleep(leftMs, { summary: 'the observers ended early' });
  return result;
}

/** The first target that does not do its work. */
async function findStopped(
  run: ExperimentRun,
  spec: ChaosExperimentSpec,
  { injected }: Progress,
): Promise<string | undefined> {
  for (const fault of injected) {
    const { isTargetRunning } = await lookFor(run, spec, fault);
    if (!isTargetRunning) return callTarget(fault.target);
  }
  return undefined;
}
