import type { ListedRun } from '../../adapters/temporal/list-runs.ts';
import type { ServiceState } from '../../contracts/rollouts/platform.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import { isRolloutReport } from '../../contracts/rollouts/read-report.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { parseWorkflowId } from '../../kinds/locks.ts';
import { rolloutLock } from '../../kinds/rollouts.ts';
import { kindName } from '../../render/rollouts/kind-words.ts';
import { isSpecKind } from '../../specs/rollouts/spec-kinds.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { formatAge, formatMoment, type Page } from './page.ts';
import { renderTable } from './table.ts';
import { paintOutcome } from './verdict.ts';

export function renderList(
  runs: readonly ListedRun[],
  idle: readonly ServiceState[],
  page: Page,
): string {
  const { paint } = page;
  if (runs.length === 0 && idle.length === 0) {
    return 'No rollout is open. Start one with: belay deploy -f SPEC';
  }
  const what = runs.every(isRollout) ? 'SERVICE' : 'RUN';
  const heading = [what, 'VERSION', 'KIND', 'PHASE', 'SINCE'].map((title) => paint.dim(title));
  return renderTable(
    [
      heading,
      ...runs.map((run) => [
        paint.bold(`${run.environment}/${run.name}`),
        run.version,
        isSpecKind(run.kind) ? kindName(run.kind) : run.kind,
        paint.cyan(run.phase),
        formatAge(run.startedAtMs, page),
      ]),
      ...idle.map((state) => [
        `${state.environment}/${state.service}`,
        state.stable?.release.version ?? '',
        '',
        paint.dim('no rollout'),
        state.url ?? '',
      ]),
    ],
    { indent: 0 },
  ).join('\n');
}

function isRollout({ workflowId }: ListedRun): boolean {
  return parseWorkflowId(workflowId)?.lock === rolloutLock;
}

export function renderHistory(
  reports: readonly RunReport[],
  page: Page,
  kinds: readonly AnyKind[] = [],
): string {
  if (reports.length === 0) return 'No run has closed yet.';
  const { paint } = page;
  const what = reports.every(isRolloutReport) ? 'SERVICE' : 'RUN';
  const titles = ['WHEN', what, 'CHANGE', 'KIND', 'OUTCOME', 'TOOK', 'WHO', 'REPORT', 'WHY'];
  return renderTable(
    [
      titles.map((title) => paint.dim(title)),
      ...reports.map((report) => [
        formatMoment(report.startedAtMs, page),
        `${report.subject.environment}/${report.subject.name}`,
        ...ofItsKind(report, page, kinds),
        formatDuration(report.endedAtMs - report.startedAtMs),
        whoActed(report),
        report.runRef,
        report.reason,
      ]),
    ],
    { indent: 0, right: [5] },
  ).join('\n');
}

/** Change, kind and outcome. */
function ofItsKind(report: RunReport, { paint }: Page, kinds: readonly AnyKind[]): string[] {
  if (isRolloutReport(report)) {
    const { previousVersion = 'nothing', version } = report.details;
    const outcome = paintOutcome(report.outcome, paint);
    return [`${previousVersion} → ${version}`, kindName(report.kind), outcome];
  }
  const { kind, outcome } = report;
  const isSuccess = kinds.find((each) => each.kind === kind)?.successes.includes(outcome);
  return ['', kind, isSuccess ? paint.green(outcome) : paint.red(outcome)];
}

function whoActed({ people }: RunReport): string {
  const names = people.flatMap(({ by, ignored }) => (by && ignored === undefined ? [by] : []));
  return [...new Set(names)].join(', ');
}
