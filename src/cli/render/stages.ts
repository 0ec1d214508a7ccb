import type {
  RolloutStatus,
  StageExperimentStatus,
  StageStatus,
} from '../../contracts/rollouts/status.ts';
import { stageMarks } from '../../render/rollouts/stage-marks.ts';
import { describeExperiment } from '../../render/rollouts/experiment-words.ts';
import { stageName } from '../../render/rollouts/stage-words.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { formatMoment, formatRunning, type Page, type Paint } from './page.ts';
import { renderTable } from './table.ts';
import { paintVerdict } from './verdict.ts';

const barWidth = 24;

/** One line per stage: mark, weight, progress of its hold, what is left, what came of it. */
export function renderStages(
  { kind, stages }: Pick<RolloutStatus, 'kind' | 'stages'>,
  page: Page,
): string[] {
  const rows = stages.map((stage) => [
    mark(stage, page.paint),
    stageName(kind, stage.weight),
    stage.holdMs === 0 ? '' : bar(heldShare(stage, page.nowMs), stage, page.paint),
    holdText(stage, page),
    outcomeText(stage, page),
  ]);
  return renderTable(rows, { right: [1] });
}

/** How much of the stage's hold is over, from 0 to 1. */
function heldShare(stage: StageStatus, nowMs: number): number {
  switch (stage.state) {
    case 'pending':
    case 'skipped':
      return 0;
    case 'passed':
      return 1;
    case 'active': {
      const leftMs = holdLeftMs(stage, nowMs);
      if (leftMs !== undefined) return shareOf(stage.holdMs - leftMs, stage.holdMs);
      return stage.needsApproval ? 1 : 0;
    }
    case 'failed':
    case 'stopped':
      return shareOf(measuredMs(stage), stage.holdMs);
  }
}

/** How far a hold that was cut short had come, by its last measurement. */
function measuredMs({ enteredAtMs, measurements }: StageStatus): number {
  const last = measurements.at(-1);
  return last && enteredAtMs !== undefined ? last.atMs - enteredAtMs : 0;
}

function shareOf(partMs: number, wholeMs: number): number {
  return wholeMs === 0 ? 0 : Math.min(1, Math.max(0, partMs / wholeMs));
}

/** Undefined while the hold's clock has not begun. */
function holdLeftMs(stage: StageStatus, nowMs: number): number | undefined {
  if (stage.holdLeftMs !== undefined) return stage.holdLeftMs;
  if (stage.holdEndsAtMs === undefined) return undefined;
  return Math.max(0, stage.holdEndsAtMs - nowMs);
}

function mark({ state }: StageStatus, paint: Paint): string {
  switch (state) {
    case 'pending':
    case 'skipped':
      return paint.dim(stageMarks[state]);
    case 'active':
      return paint.cyan(stageMarks[state]);
    case 'passed':
      return paint.green(stageMarks[state]);
    case 'failed':
      return paint.red(stageMarks[state]);
    case 'stopped':
      return paint.yellow(stageMarks[state]);
  }
}

function bar(share: number, { state }: StageStatus, paint: Paint): string {
  const filled = Math.round(share * barWidth);
  const colour = state === 'failed' ? paint.red : state === 'active' ? paint.cyan : paint.green;
  return colour('█'.repeat(filled)) + paint.dim('░'.repeat(barWidth - filled));
}

function holdText(stage: StageStatus, { nowMs }: Page): string {
  if (stage.holdMs === 0) return 'no hold';
  const whole = formatDuration(stage.holdMs);
  if (stage.state !== 'active') return whole;
  const leftMs = holdLeftMs(stage, nowMs);
  if (leftMs === undefined) return whole;
  const stopped = stage.holdLeftMs === undefined ? '' : ', clock stopped';
  return `${formatRunning(leftMs)} of ${whole} left${stopped}`;
}

function outcomeText(stage: StageStatus, page: Page): string {
  const { paint } = page;
  return [
    ...(stage.verdict ? [paintVerdict(stage.verdict.kind, paint)] : []),
    ...(stage.state === 'skipped' ? [paint.dim('skipped')] : []),
    ...(stage.state === 'failed' && !stage.verdict ? [paint.red('failed')] : []),
    ...(stage.state === 'stopped' ? [paint.yellow('stopped')] : []),
    ...(stage.canaryRequests > 0 ? [paint.dim(requestsText(stage))] : []),
    ...(stage.needsApproval?.until === undefined
      ? []
      : [paint.yellow(`approval until ${formatMoment(stage.needsApproval.until, page)}`)]),
    ...(stage.approvedBy === undefined ? [] : [`approved by ${stage.approvedBy}`]),
    ...(stage.experiment === undefined ? [] : [paintExperiment(stage.experiment, paint)]),
    ...(stage.note === undefined ? [] : [stage.note]),
  ].join('  ');
}

function paintExperiment(experiment: StageExperimentStatus, paint: Paint): string {
  const text = describeExperiment(experiment);
  const { startedAtMs, outcome } = experiment;
  if (outcome === 'Passed') return paint.green(text);
  if (outcome === 'Failed') return paint.red(text);
  if (outcome !== undefined) return paint.yellow(text);
  return startedAtMs === undefined ? paint.dim(text) : paint.cyan(text);
}

function requestsText({ canaryRequests, canaryErrors }: StageStatus): string {
  return `${canaryRequests.toLocaleString('en-US')} requests, ${canaryErrors.toLocaleString('en-US')} failed`;
}
