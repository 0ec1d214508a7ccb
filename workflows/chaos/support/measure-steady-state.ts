import type { MetricVerdict } from '../../../src/contracts/chaos/details.ts';
import { baselineOf, type Baseline } from '../../../src/policies/chaos/judge-window.ts';
import { slowestAnswerMs } from '../../../src/policies/chaos/measure.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import { takeStep, type OpenStep } from '../../kernel/steps.ts';
import type { ExperimentRun } from './experiment-run.ts';
import { judge, observeWindow } from './observe-window.ts';

export interface SteadyState {
  holds: boolean;
  /** Why it does not. */
  reason: string;
  baseline: Baseline;
  /** How long the slowest query took. */
  answerMs: number;
}

/** What is usual, before anything is injected: it has to hold by itself. */
export async function measureSteadyState(
  run: ExperimentRun,
  { steadyStateMs, hypothesis }: ChaosExperimentSpec,
): Promise<SteadyState> {
  const name = `measure the steady state for ${formatDuration(steadyStateMs)}`;
  return takeStep(run, name, async (step) => {
    const fromMs = Date.now();
    const { samples, problem } = await observeWindow(run, steadyStateMs);
    const metrics = judge(run, 'steady', { samples, fromMs, lengthMs: steadyStateMs });
    proveMetrics(step, metrics, problem);
    const bad = metrics.filter(({ state }) => state !== 'holds');
    return {
      holds: bad.length === 0,
      reason: bad.map((each) => `${each.name}: ${each.reason}`).join('; '),
      baseline: baselineOf(hypothesis, samples),
      answerMs: slowestAnswerMs(Object.values(samples).flat()),
    };
  });
}

export function proveMetrics(
  { prove }: OpenStep,
  metrics: readonly MetricVerdict[],
  problem?: string,
): void {
  for (const { name, reason, samples, state } of metrics) {
    prove({ what: name, source: `${samples} samples`, value: `${state}: ${reason}` });
  }
  if (problem !== undefined) {
    prove({ what: 'missing samples', source: 'the observers', value: problem });
  }
}
