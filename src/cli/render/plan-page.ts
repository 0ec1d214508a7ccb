import type { RunSettings } from '../../contracts/kernel/settings.ts';
import { kindName } from '../../render/rollouts/kind-words.ts';
import { formatBounds } from '../../render/rollouts/measured.ts';
import { estimateActions } from '../../policies/rollouts/estimate-actions.ts';
import {
  planStages,
  type DeploymentOfAnyKind,
  type StagePlan,
} from '../../policies/rollouts/plan.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { Paint } from './page.ts';
import { approvalText, experimentText, limitText, measuredText, planSteps } from './plan-steps.ts';
import { renderTable } from './table.ts';
import { trafficText } from './traffic-text.ts';
import type { MetricSpec } from '../../specs/rollouts/metrics.ts';

/** What a deployment would do, step by step, before anything is started. */
export function renderPlanPage(
  spec: DeploymentOfAnyKind,
  settings: RunSettings,
  paint: Paint,
): string {
  const stages = planStages(spec);
  return [
    `${paint.bold(`${spec.environment}/${spec.service}`)}  ${spec.release.version}  ` +
      `${kindName(spec.kind)}  ${whereItRuns(spec)}`,
    '',
    ...(spec.kind === 'canary' ? renderLadder(stages, paint) : renderSteps(spec, stages)),
    '',
    ...renderTable(facts(spec, stages, settings)),
  ].join('\n');
}

function renderLadder(stages: StagePlan[], paint: Paint): string[] {
  const titles = ['WEIGHT', 'REPLICAS', 'HOLD', 'MEASURED', 'AT THE EARLIEST', 'BESIDES'];
  return renderTable(
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
  );
}

function renderSteps(
  spec: Exclude<DeploymentOfAnyKind, { kind: 'canary' }>,
  [watched]: StagePlan[],
): string[] {
  const steps = watched ? planSteps(spec, watched) : [];
  return renderTable(
    steps.map(([name, what], index) => [String(index + 1), name, what]),
    { right: [0] },
  );
}

function facts(spec: DeploymentOfAnyKind, stages: StagePlan[], settings: RunSettings): string[][] {
  const ready = formatDuration(spec.readiness.deadlineMs);
  return [
    ['Traffic', trafficText(spec)],
    ['Metrics', metricsText(spec)],
    ['Without evidence', withoutEvidence(spec)],
    ['Ready within', `${ready}${spec.kind === 'canary' ? ' per stage' : ''}, or it is undone`],
    ['Takes', takesText(spec, stages)],
    ['Temporal Actions', `about ${estimateActions(spec, settings)}, if nobody intervenes`],
    ['Blind time', `at most ${formatDuration(settings.blindTimeMs)} after a worker's death`],
    ['Running rollout', spec.supersede ? 'is superseded' : 'is not touched: refused'],
  ];
}

function takesText(spec: DeploymentOfAnyKind, stages: StagePlan[]): string {
  const heldMs = stages.at(-1)?.endsAfterMs ?? 0;
  switch (spec.kind) {
    case 'canary':
      return `${formatDuration(heldMs)} of holds; readiness and people come on top`;
    case 'blueGreen': {
      const waitedMs = heldMs + (spec.warmUp?.durationMs ?? 0) + spec.keepMs;
      return `${formatDuration(waitedMs)} of warm-up, watch and keeping; readiness and people come on top`;
    }
    case 'rolling':
    case 'recreate':
      return heldMs === 0
        ? 'as long as it takes to replace the pods'
        : `${formatDuration(heldMs)} of watch; replacing and people come on top`;
  }
}

function whereItRuns({ target, ...spec }: DeploymentOfAnyKind): string {
  if (target.platform === 'kubernetes') {
    const name = target.deployment ?? spec.service;
    const object = target.colours
      ? `Deployments ${target.colours.blue} and ${target.colours.green}`
      : `Deployment ${name}`;
    return `${object} in namespace ${target.namespace}`;
  }
  const replicas = 'replicas' in spec ? spec.replicas : undefined;
  const each = spec.kind === 'blueGreen' ? ' of each colour' : '';
  return `${replicas} ${replicas === 1 ? 'replica' : 'replicas'}${each} on ${target.platform}`;
}

function besides({ smoke, approval, experiment }: StagePlan): string {
  return [
    ...(smoke ? [`smoke test ${smoke.path} first (${smoke.expect.join(', ')})`] : []),
    ...(experiment ? [`then experiment ${experimentText(experiment)}`] : []),
    ...(approval ? [`then approval ${approvalText(approval)}`] : []),
  ].join('; ');
}

function metricsText({ analysis }: DeploymentOfAnyKind): string {
  if (analysis.mode === 'none') return 'none: only people and readiness can stop it';
  const bounds = analysis.metrics.map(describeMetric);
  if (analysis.mode !== 'sequential') return bounds.join('; ');
  const undone = `a good release is undone by chance in at most ${Number((analysis.alpha * 100).toPrecision(3))} % of rollouts`;
  return `${bounds.join('; ')}; held against stable, ${undone}`;
}

function describeMetric(metric: MetricSpec): string {
  const bounds = formatBounds(metric) || 'as stable is';
  return `${metric.name} ${bounds}${metric.dryRun ? ' (dry run)' : ''}`;
}

function withoutEvidence({ onInconclusive, pause }: DeploymentOfAnyKind): string {
  if (onInconclusive === 'abort') return 'it is undone';
  return `it pauses for a person, ${pause ? limitText(pause) : 'for as long as it takes'}`;
}
