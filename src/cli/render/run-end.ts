import type { AnyKind, Subject } from '../../kinds/kind.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { RunEnd } from '../runs/run-end.ts';
import { shortName } from '../runs/run-name.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import { formatMoment, type Page, type Paint } from './page.ts';
import { renderPeople, renderUndo } from './people-and-undo.ts';
import { renderSteps } from './run-page.ts';
import { sections, titled } from './sections.ts';

type KindOf = (name: string) => AnyKind | undefined;

/** The last words of a watched run. */
export function renderRunEnd(end: RunEnd, subject: Subject, kindOf: KindOf, page: Page): string {
  const { paint } = page;
  const name = paint.bold(shortName(subject));
  if (end.kind === 'unreported') return `${name}  ${paint.red(end.state)}: ${end.reason}`;
  const { report } = end;
  const took = formatDuration(report.endedAtMs - report.startedAtMs);
  return [
    `${name}  ${report.kind}  ${outcomeText(report, kindOf, paint)} after ${took}: ${report.reason}`,
    ...report.notes.map((note) => `  ${note}`),
  ].join('\n');
}

/** How a run ended, with all it did. */
export function renderClosedRun(end: RunEnd, subject: Subject, kindOf: KindOf, page: Page): string {
  const heading = renderRunEnd(end, subject, kindOf, page);
  if (end.kind === 'unreported') return heading;
  const { steps = [], people, undo, runRef, workflowId, startedAtMs } = end.report;
  const { paint } = page;
  return sections([
    [
      heading,
      paint.dim(`${workflowId}  run ${runRef}  started ${formatMoment(startedAtMs, page)}`),
    ],
    renderSteps(steps, page),
    titled('People', renderPeople(people, page), paint),
    titled('Undo', renderUndo(undo, page), paint),
  ]);
}

function outcomeText({ kind, outcome }: RunReport, kindOf: KindOf, paint: Paint): string {
  return kindOf(kind)?.successes.includes(outcome) ? paint.green(outcome) : paint.red(outcome);
}
