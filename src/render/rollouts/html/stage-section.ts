import type { StageStatus } from '../../../contracts/rollouts/status.ts';
import type { VerdictKind } from '../../../contracts/rollouts/verdict.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import { stageMarks } from '../stage-marks.ts';
import { explainExperiment } from '../experiment-words.ts';
import { stageName } from '../stage-words.ts';
import { utcTime } from '../../kernel/moment.ts';
import { htmlTable, type Cell, type Column } from '../../kernel/html/html-table.ts';
import type { ReportView, Tone } from './report-view.ts';

const columns: Column[] = [
  { title: 'Stage', set: 'fixed' },
  { title: 'Hold', set: 'fixed' },
  { title: 'Entered', set: 'fixed' },
  { title: 'Took', set: 'fixed' },
  { title: 'Verdict', set: 'fixed' },
  { title: 'Requests', set: 'number' },
  { title: 'Failed', set: 'number' },
  { title: 'Why', set: 'wide' },
];

/** Every stage with its verdict and the reasons for it. */
export function renderStageTable({ kind, stages }: ReportView): string {
  return htmlTable(
    columns,
    stages.map((stage) => [
      `${stageMarks[stage.state]} ${stageName(kind, stage.weight)}`,
      stage.holdMs === 0 ? 'none' : formatDuration(stage.holdMs),
      stage.enteredAtMs === undefined ? '' : utcTime(stage.enteredAtMs),
      tookText(stage),
      verdictCell(stage),
      stage.canaryRequests.toLocaleString('en-US'),
      stage.canaryErrors.toLocaleString('en-US'),
      whyLines(stage),
    ]),
  );
}

function tookText({ enteredAtMs, leftAtMs }: StageStatus): string {
  if (enteredAtMs === undefined || leftAtMs === undefined) return '';
  return formatDuration(leftAtMs - enteredAtMs);
}

export const verdictTones: Record<VerdictKind, Tone> = {
  pass: 'good',
  fail: 'bad',
  inconclusive: 'waiting',
};

function verdictCell({ verdict, state }: StageStatus): Cell {
  return verdict ? { text: verdict.kind, tone: verdictTones[verdict.kind] } : state;
}

function whyLines({ verdict, note, approvedBy, needsApproval, experiment }: StageStatus): string[] {
  const waits = needsApproval && approvedBy === undefined;
  return [
    ...(verdict?.reasons ?? []),
    ...(experiment === undefined ? [] : [explainExperiment(experiment)]),
    ...(note === undefined ? [] : [note]),
    ...(approvedBy === undefined ? [] : [`approved by ${approvedBy}`]),
    ...(waits ? [`needs approval by ${needsApproval.by.join(' or ') || 'anyone'}`] : []),
  ];
}
