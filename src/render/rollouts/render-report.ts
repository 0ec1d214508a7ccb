import type { RolloutReport } from '../../contracts/rollouts/report.ts';
import type { PersonAct } from '../../contracts/kernel/person-act.ts';
import type { UndoStep } from '../../contracts/kernel/report.ts';
import type { StageStatus } from '../../contracts/rollouts/status.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { explainExperiment } from './experiment-words.ts';
import { measuredWhen, stageName } from './stage-words.ts';
import { kindName } from './kind-words.ts';
import { formatMeasured, metricNamed } from './measured.ts';
import { measuredMetrics } from './measured-metrics.ts';
import { inCell } from '../kernel/markdown.ts';
import { utcMoment } from '../kernel/moment.ts';

/** A closed rollout's report as Markdown. Times are UTC. */
export function renderReport(report: RolloutReport): string {
  const { subject, details } = report;
  return [
    [`# ${subject.environment}/${subject.name} ${details.version}: ${report.outcome}`],
    [report.reason],
    facts(report),
    listed('Notes', report.notes.map(inCell)),
    stageTable(report),
    decidingMeasurements(report),
    listed('People', report.people.map(personLine)),
    listed('Undone', report.undo.map(undoLine)),
  ]
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n');
}

function facts(report: RolloutReport): string[] {
  const { previousVersion, version } = report.details;
  const took = formatDuration(report.endedAtMs - report.startedAtMs);
  return [
    `- ${report.kind === 'unknown' ? 'a rollout of an unknown kind' : kindName(report.kind)} from ${previousVersion ?? 'nothing'} to ${version}`,
    `- ${utcMoment(report.startedAtMs)} to ${utcMoment(report.endedAtMs)}, ${took}`,
    `- rollout \`${report.runRef}\`, workflow \`${report.workflowId}\`, run \`${report.runId}\``,
  ];
}

function stageTable({ kind, details: { stages } }: RolloutReport): string[] {
  if (stages.length === 0) return [];
  return [
    '## Stages',
    '',
    '| stage | hold | took | state | verdict | requests | failed | remarks |',
    '|---:|---:|---:|---|---|---:|---:|---|',
    ...stages.map(
      (stage) =>
        `| ${[
          stageName(kind, stage.weight),
          formatDuration(stage.holdMs),
          tookText(stage),
          stage.state,
          stage.verdict?.kind ?? '',
          String(stage.canaryRequests),
          String(stage.canaryErrors),
          remarks(stage),
        ]
          .map(inCell)
          .join(' | ')} |`,
    ),
  ];
}

function tookText({ enteredAtMs, leftAtMs }: StageStatus): string {
  return enteredAtMs === undefined || leftAtMs === undefined
    ? ''
    : formatDuration(leftAtMs - enteredAtMs);
}

function remarks({ verdict, note, approvedBy, experiment }: StageStatus): string {
  return [
    ...(approvedBy === undefined ? [] : [`approved by ${approvedBy}`]),
    ...(note === undefined ? [] : [note]),
    ...(verdict?.reasons ?? []),
    ...(experiment === undefined ? [] : [explainExperiment(experiment)]),
  ].join('; ');
}

/** What was measured at the last stage that did not pass: the evidence for the outcome. */
function decidingMeasurements(report: RolloutReport): string[] {
  const { kind, details } = report;
  const metrics = measuredMetrics(report);
  const deciding = details.stages.findLast(
    ({ verdict, measurements }) => verdict && verdict.kind !== 'pass' && measurements.length > 0,
  );
  if (!deciding) return [];
  return [
    `## Measured ${measuredWhen(kind, deciding.weight)}`,
    '',
    '| at | metric | value | requests | result | why |',
    '|---|---|---:|---:|---|---|',
    ...deciding.measurements.map(
      ({ atMs, metric, value, requests, result, reason }) =>
        `| ${[
          utcMoment(atMs),
          metric,
          value === undefined ? 'no data' : formatMeasured(metricNamed(metric, metrics), value),
          String(requests),
          result,
          reason ?? '',
        ]
          .map(inCell)
          .join(' | ')} |`,
    ),
  ];
}

function personLine({ atMs, verb, by, why, stage, ignored }: PersonAct): string {
  const said = `${utcMoment(atMs)} ${by ?? 'someone'}: ${verb}`;
  return [
    stage === undefined ? said : `${said} ${stage} %`,
    ...(why === undefined ? [] : [`"${why}"`]),
    ...(ignored === undefined ? [] : [`ignored: ${ignored}`]),
  ].join(', ');
}

function undoLine({ name, state, error }: UndoStep): string {
  return error === undefined ? `${name}: ${state}` : `${name}: ${state}, ${error}`;
}

function listed(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`## ${title}`, '', ...items.map((item) => `- ${item}`)];
}
