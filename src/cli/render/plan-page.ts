import type { RolloutSettings } from '../../contracts/settings.ts';
import { estimateActions } from '../../policies/rollout/estimate-actions.ts';
import {
  planStages,
  type DeploymentOfAnyKind,
  type StagePlan,
} from '../../policies/rollout/plan.ts';
import { formatBounds } from '../../policies/report/measured.ts';
import { formatDuration } from '../../specs/duration.ts';
import type { WaitLimit } from '../../specs/stage.ts';
import type { Paint } from './page.ts';
import { renderTable } from './table.ts';

/** What a deployment would do, stage by stage, before anything is started. */
export function renderPlanPage(
  spec: DeploymentOfAnyKind,
  settings: RolloutSettings,
  paint: Paint,
): string {
  const stages = planStages(spec);
  const totalMs = stages.at(-1)?.endsAfterMs ?? 0;
  const titles = ['WEIGHT', 'REPLICAS', 'HOLD', 'MEASURED', 'AT THE EARLIEST', 'BESIDES'];
  return [
    `${paint.bold(`${spec.environment}/${spec.service}`)}  ${spec.release.version}  ` +
      whereItRuns(spec),
    '',
    ...renderTable(
      [
        titles.map((title) => paint.dim(title)),
        ...stages.map((stage) => [
          `${stage.weight} %`,
          stage.replicas === undefined ? `${stage.weight} %` : String(stage.replicas),
          stage.holdMs === 0 ? 'none' : formatDuration(stage.holdMs),
          measuredText(stage),
          `over after ${formatDuration(stage.endsAfterMs)}`,
          besides(stage),
        ]),
      ],
      { right: [0, 1, 2] },
    ),
    '',
    ...renderTable([
      ['Metrics', metricsText(spec)],
      ['Without evidence', withoutEvidence(spec)],
      ['Ready within', `${formatDuration(spec.readiness.deadlineMs)} per stage, or it is undone`],
      ['Takes', `${formatDuration(totalMs)} of holds; readiness and people come on top`],
      ['Temporal Actions', `about ${estimateActions(spec, settings)}, if nobody intervenes`],
      ['Blind time', `at most ${formatDuration(settings.blindTimeMs)} after a worker's death`],
      ['Running rollout', spec.supersede ? 'is superseded' : 'is not touched: refused'],
    ]),
  ].join('\n');
}

function whereItRuns({ target, ...spec }: DeploymentOfAnyKind): string {
  if (target.platform === 'kubernetes')
    return `${spec.kind} on kubernetes, namespace ${target.namespace}`;
  const replicas = 'replicas' in spec ? spec.replicas : undefined;
  return `${replicas} ${replicas === 1 ? 'replica' : 'replicas'} on ${target.platform}`;
}

function measuredText({ measurements, measurementIntervalMs }: StagePlan): string {
  return measurements === 0
    ? 'not'
    : `${measurements} times, every ${formatDuration(measurementIntervalMs)}`;
}

function besides({ smoke, approval }: StagePlan): string {
  return [
    ...(smoke ? [`smoke test ${smoke.path} first (${smoke.expect.join(', ')})`] : []),
    ...(approval
      ? [
          `then approval by ${approval.by.length > 0 ? approval.by.join(' or ') : 'anyone'}` +
            (approval.limit ? `, ${limitText(approval.limit)}` : ''),
        ]
      : []),
  ].join('; ');
}

function metricsText({ analysis }: DeploymentOfAnyKind): string {
  if (analysis.mode === 'none') return 'none: only people and readiness can stop it';
  return analysis.metrics.map((metric) => `${metric.name} ${formatBounds(metric)}`).join('; ');
}

function withoutEvidence({ onInconclusive, pause }: DeploymentOfAnyKind): string {
  if (onInconclusive === 'abort') return 'it is undone';
  return `it pauses for a person, ${pause ? limitText(pause) : 'for as long as it takes'}`;
}

function limitText({ timeoutMs, onTimeout }: WaitLimit): string {
  return `${onTimeout} after ${formatDuration(timeoutMs)}`;
}
