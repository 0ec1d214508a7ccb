import type { Evidence, StepStatus } from '../../contracts/kernel/run.ts';
import type { RolloutStatus, StageStatus } from '../../contracts/rollouts/status.ts';
import type { MetricSpec } from '../../specs/rollouts/metrics.ts';
import { formatMeasured, metricNamed } from '../../render/rollouts/measured.ts';
import { stageName } from '../../render/rollouts/stage-words.ts';

/** The stages of a rollout in the shape that the steps of every kind of run have. */
export function stepsOfStages({
  kind,
  stages,
  metrics,
}: Pick<RolloutStatus, 'kind' | 'stages' | 'metrics'>): StepStatus[] {
  return stages.map((stage) => ({
    name: stageName(kind, stage.weight),
    state: stage.state === 'passed' ? 'done' : stage.state,
    ...(stage.enteredAtMs !== undefined && { startedAtMs: stage.enteredAtMs }),
    ...(stage.leftAtMs !== undefined && { endedAtMs: stage.leftAtMs }),
    ...(stage.approvedBy !== undefined && { by: stage.approvedBy }),
    evidence: [...evidenceOf(stage, metrics), ...evidenceOfExperiment(stage)],
  }));
}

/** The last measurement of each metric. */
function evidenceOf(
  { measurements }: StageStatus,
  metrics: readonly MetricSpec[] | undefined,
): Evidence[] {
  const newest = new Map(measurements.map((each) => [each.metric, each]));
  return [...newest.values()].map(({ metric: name, value, atMs }) => {
    const metric = metricNamed(name, metrics);
    const threshold = thresholdOf(metrics?.find((each) => each.name === name));
    return {
      what: name,
      source: 'analysis',
      atMs,
      value: value === undefined ? 'no data' : formatMeasured(metric, value),
      ...(threshold !== undefined && { threshold }),
    };
  });
}

function evidenceOfExperiment({ experiment }: StageStatus): Evidence[] {
  const { workflowId, endedAtMs, outcome, reason } = experiment ?? {};
  if (workflowId === undefined || endedAtMs === undefined || outcome === undefined) return [];
  const value = reason === undefined ? outcome : `${outcome}: ${reason}`;
  return [{ what: 'experiment', source: workflowId, atMs: endedAtMs, value }];
}

function thresholdOf(metric: MetricSpec | undefined): string | undefined {
  if (metric === undefined) return undefined;
  const bounds = [
    ...(metric.max === undefined ? [] : [`at most ${formatMeasured(metric, metric.max)}`]),
    ...(metric.min === undefined ? [] : [`at least ${formatMeasured(metric, metric.min)}`]),
  ];
  return bounds.length === 0 ? undefined : bounds.join(', ');
}
