import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type { ObservedMetric } from '../../../src/contracts/chaos/observation.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import type { HypothesisMetric } from '../../../src/specs/chaos/metric.ts';
import { isTrackSource } from '../../../src/specs/chaos/track-source.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
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
        problems.push(`${metric.name}: ${reasonOf(error)}`);
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
  // They are counted from the moment on that they are opened.
  if (isTrackSource(source)) return { source: 'the router', value: 'counts it of both tracks' };
  if (source.of === 'query') return askQuery({ name, source }, everyMs);
  const { agent, probe } = source.probe;
  const { ok, detail, latencyMs } = await run.on(agent).ask(probe);
  const said = `${detail}, in ${latencyMs} ms`;
  return { source: `probe ${probe} of ${agent}`, value: ok ? said : `failed: ${said}` };
}

const patienceMs = 10_000;

/** The second time, a query that is slow is waited for. */
async function askQuery(
  metric: ObservedMetric & { source: { query: string } },
  everyMs: number,
): Promise<{ source: string; value: string }> {
  const { name, source } = metric;
  for (const waitMs of [Math.min(everyMs, patienceMs), patienceMs]) {
    const order = { metrics: [metric], everyMs: waitMs, forMs: 1, stops: [] };
    const { samples, problem } = await watchQueries(order);
    if (problem !== undefined) throw new Error(problem);
    const answer = samples[name]?.find(
      ({ value, unanswered }) => !unanswered && value !== undefined,
    );
    if (answer !== undefined) return { source: source.query, value: `answered ${answer.value}` };
  }
  throw new Error(`Prometheus did not answer within ${formatDuration(patienceMs)}`);
}
