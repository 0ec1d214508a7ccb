import { ApplicationFailure, isCancellation, rootCause } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import type { HypothesisMetric } from '../../../src/specs/chaos/metric.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { ExperimentRun } from './experiment-run.ts';
import { watchQueries } from './observe-window.ts';

/** Whoever samples is asked once: what cannot be measured cannot be judged. */
export async function checkMeasurements(
  run: ExperimentRun,
  { hypothesis, everyMs }: ChaosExperimentSpec,
): Promise<void> {
  await takeStep(run, 'check what is measured', async ({ prove }) => {
    const problems: string[] = [];
    for (const metric of hypothesis) {
      try {
        prove({ what: metric.name, ...(await ask(run, metric, everyMs)) });
      } catch (error) {
        if (isCancellation(error)) throw error;
        problems.push(`${metric.name}: ${rootCause(error) ?? String(error)}`);
      }
    }
    if (problems.length === 0) return;
    throw ApplicationFailure.nonRetryable(
      `nothing was injected anywhere: ${problems.join('; ')}`,
      failureTypes.targetRefused,
    );
  });
}

async function ask(
  run: ExperimentRun,
  { name, source }: HypothesisMetric,
  everyMs: number,
): Promise<{ source: string; value: string }> {
  if (source.of === 'query') {
    const order = { metrics: [{ name, source }], everyMs, forMs: 1, stops: [] };
    const { problem } = await watchQueries(order);
    if (problem !== undefined) throw new Error(problem);
    return { source: source.query, value: 'answered' };
  }
  const { agent, probe } = source.probe;
  const { detail, latencyMs } = await run.on(agent).ask(probe);
  return { source: `probe ${probe} of ${agent}`, value: `${detail}, in ${latencyMs} ms` };
}
