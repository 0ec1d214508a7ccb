import { patched, sleep } from '@temporalio/workflow';
import type { MetricVerdict } from '../../../src/contracts/chaos/details.ts';
import { callTarget } from '../../../src/policies/chaos/call-target.ts';
import { describeMetrics, type Recovery } from '../../../src/policies/chaos/conclude.ts';
import {
  recoveryPauseMs,
  recoverySamplesEveryMs,
  recoveryWindowMs,
} from '../../../src/policies/chaos/recovery-window.ts';
import { keptForMs } from '../../../src/policies/chaos/tracks/track-times.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import { takeStep, type OpenStep } from '../../kernel/steps.ts';
import type { ExperimentRun } from './experiment-run.ts';
import { lookFor } from './inject-faults.ts';
import { proveMetrics, type SteadyState } from './measure-steady-state.ts';
import { judge, observeWindow } from './observe-window.ts';
import type { Progress } from './progress.ts';

interface Known {
  steady: SteadyState;
  faults: Progress;
}

/** Until every target runs and every metric holds again, or the time for that is over. */
export async function awaitRecovery(
  run: ExperimentRun,
  spec: ChaosExperimentSpec,
  { steady, faults }: Known,
): Promise<Recovery> {
  const removedAtMs = run.found.removedAtMs ?? Date.now();
  return takeStep(run, 'wait for recovery', async (step) => {
    let last: Measured | undefined;
    for (;;) {
      const { stopped, gone } = await findStopped(run, spec, faults);
      const sinceMs = Date.now() - removedAtMs;
      const facts = { sinceMs, targets: faults.injected.length };
      if (gone !== undefined) {
        const value = `is gone, and cannot recover: ${gone.detail}`;
        step.prove({ what: 'target', source: gone.source, value });
        return { kind: 'given-up', why: `${gone.source} ${value}` };
      }
      if (sinceMs > spec.recoverWithinMs) return tooLate(step, spec, { stopped, last });
      if (stopped === undefined) {
        const comparedMs = 'tracks' in spec.target ? spec.steadyStateMs : 0;
        const asked = { ...spec, ...steady, comparedMs };
        const lengthMs = recoveryWindowMs(facts, asked);
        const everyMs = recoverySamplesEveryMs(spec.everyMs, lengthMs);
        last = await measureOnce(run, steady, { lengthMs, everyMs });
        if (last.metrics.every(({ state }) => state === 'holds')) {
          proveMetrics(step, last.metrics, last.problem);
          run.found.recoveredAfterMs = sinceMs;
          return { kind: 'seen', afterMs: sinceMs };
        }
      } else {
        const keptMs = 'tracks' in spec.target ? keptForMs(spec.everyMs) : undefined;
        await sleep(recoveryPauseMs(facts, keptMs), { summary: 'until the target runs again' });
      }
    }
  });
}

interface Measured {
  metrics: MetricVerdict[];
  problem?: string;
}

async function measureOnce(
  run: ExperimentRun,
  steady: SteadyState,
  { lengthMs, everyMs }: { lengthMs: number; everyMs: number },
): Promise<Measured> {
  const fromMs = Date.now();
  const { samples, problem } = await lastingAtLeast(lengthMs, () =>
    observeWindow(run, lengthMs, { everyMs }),
  );
  const observed = { samples, fromMs, lengthMs, everyMs };
  const metrics = judge(run, 'after', observed, steady.baseline);
  return { metrics, ...(problem !== undefined && { problem }) };
}

/** Observers that are refused at once must not fill the history. */
async function lastingAtLeast<T>(leastMs: number, act: () => Promise<T>): Promise<T> {
  const untilMs = Date.now() + leastMs;
  const result = await act();
  const leftMs = untilMs - Date.now();
  if (leftMs > 0) await sleep(leftMs, { summary: 'the observers ended early' });
  return result;
}

interface Stopped {
  source: string;
  detail: string;
}

/**
 * The first target that was not seen to do its work, and why, or that is not there any more. A fault that was removed,
 * and is there again, has come back with its target.
 */
async function findStopped(
  run: ExperimentRun,
  spec: ChaosExperimentSpec,
  { injected }: Progress,
): Promise<{ stopped?: Stopped; gone?: Stopped }> {
  for (const fault of injected) {
    const { isTargetRunning, isTargetGone, isThere, detail } = await lookFor(run, spec, fault);
    const source = callTarget(fault.target);
    if (isTargetGone) return { gone: { source, detail } };
    if (!isTargetRunning) return { stopped: { source, detail } };
    const isBack = isThere && run.found.leftBehind.length === 0;
    if (isBack && patched('what-is-there-again-has-not-recovered')) {
      return { stopped: { source, detail: `its fault is there again: ${detail}` } };
    }
  }
  return {};
}

/** What did not recover in its time, as it was seen last. */
function tooLate(
  step: OpenStep,
  { recoverWithinMs }: ChaosExperimentSpec,
  { stopped, last }: { stopped: Stopped | undefined; last: Measured | undefined },
): Recovery {
  const within = formatDuration(recoverWithinMs);
  if (last !== undefined) proveMetrics(step, last.metrics, last.problem);
  if (stopped !== undefined) {
    const value = `was not seen to run within ${within}: ${stopped.detail}`;
    step.prove({ what: 'target', source: stopped.source, value });
    return { kind: 'unseen', why: `${stopped.source} ${value}` };
  }
  if (last === undefined) {
    const value = `was seen to run again only after ${within}`;
    step.prove({ what: 'target', source: 'the target', value });
    return { kind: 'unseen', why: `the target ${value}` };
  }
  const bad = last.metrics.filter(({ state }) => state !== 'holds');
  const why = `the hypothesis did not hold again within ${within}: ${describeMetrics(bad)}`;
  return { kind: 'unseen', why };
}
