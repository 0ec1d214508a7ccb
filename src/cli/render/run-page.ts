import type { AnyKind } from '../../kinds/kind.ts';
import { commandPath } from '../../kinds/command-name.ts';
import { stepMarks } from '../../render/kernel/step-marks.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { Evidence, RunStatus, StepStatus } from '../../contracts/kernel/run.ts';
import { formatAge, formatMoment, formatRunning, type Page, type Paint } from './page.ts';
import { renderPeople, renderUndo } from './people-and-undo.ts';
import { sections, titled } from './sections.ts';
import { renderTable } from './table.ts';

/** An open run of a kind that has no page of its own: steps with their evidence, what its family adds, and how to act. */
export function renderRunPage(
  status: RunStatus,
  kind: AnyKind | undefined,
  page: Page,
  own: string[] = [],
): string {
  return sections([
    renderHeader(status, kind, page),
    renderSteps(status.steps, page),
    own,
    renderNow(status),
    titled('People', renderPeople(status.people, page), page.paint),
    titled('Undo', renderUndo(status.undo, page), page.paint),
    titled('You can', renderChoices(status, kind, page), page.paint),
  ]);
}

/** The part of the page that moves, for a terminal that is drawn again and again. */
export function renderRunFrame(
  status: RunStatus,
  kind: AnyKind | undefined,
  page: Page,
  own: string[] = [],
): string {
  return sections([
    renderHeader(status, kind, page),
    renderSteps(status.steps, page),
    own,
    renderNow(status),
    titled('You can', renderChoices(status, kind, page), page.paint),
  ]);
}

/** One line for what is new since the last one; nothing where nothing is. For logs and pipes. */
export function renderRunLine(
  status: RunStatus,
  last: RunStatus | undefined,
  page: Page,
): string | undefined {
  const facts = runFacts(status);
  if (last && facts === runFacts(last)) return undefined;
  const { environment, name } = status.subject;
  return `${formatMoment(page.nowMs, page)}  ${environment}/${name}  ${facts}`;
}

function runFacts({ kind, phase, now, steps, stepsLeftOut = 0 }: RunStatus): string {
  const done =
    stepsLeftOut + steps.filter(({ state }) => state !== 'pending' && state !== 'active').length;
  const active = steps.find(({ state }) => state === 'active');
  return [
    kind,
    phase,
    ...(steps.length === 0 ? [] : [`${done} of ${stepsLeftOut + steps.length} steps`]),
    ...(active === undefined || active.name === now ? [] : [active.name]),
    now,
  ].join('  ');
}

function renderHeader(status: RunStatus, kind: AnyKind | undefined, page: Page): string[] {
  const { paint } = page;
  const { environment, name } = status.subject;
  return [
    `${paint.bold(`${environment}/${name}`)}  ${status.kind}  ${phaseText(status, kind, paint)}`,
    paint.dim(
      [
        status.workflowId,
        `run ${status.runRef}`,
        `started ${formatAge(status.startedAtMs, page)}`,
      ].join('  '),
    ),
  ];
}

function phaseText({ phase, outcome }: RunStatus, kind: AnyKind | undefined, paint: Paint): string {
  if (outcome !== undefined) {
    return kind?.successes.includes(outcome) ? paint.green(outcome) : paint.red(outcome);
  }
  const phases: AnyKind['phases'] | undefined = kind?.phases;
  return phases?.[phase]?.waitsForPerson ? paint.yellow(phase) : paint.cyan(phase);
}

export function renderSteps(steps: readonly StepStatus[], page: Page): string[] {
  const rows = steps.map((step) => [
    paintStep(stepMarks[step.state], step, page.paint),
    step.name,
    tookText(step, page),
    ...[step.by === undefined ? '' : `by ${step.by}`],
  ]);
  const lines = renderTable(rows, {});
  return steps.flatMap((step, index) => [
    lines[index] ?? '',
    ...renderTable(
      step.evidence.map((evidence) => evidenceRow(evidence, page)),
      { indent: 6 },
    ),
  ]);
}

function paintStep(text: string, { state }: StepStatus, paint: Paint): string {
  switch (state) {
    case 'pending':
    case 'skipped':
      return paint.dim(text);
    case 'active':
      return paint.cyan(text);
    case 'done':
      return paint.green(text);
    case 'stopped':
      return paint.yellow(text);
    case 'failed':
      return paint.red(text);
  }
}

function tookText({ state, startedAtMs, endedAtMs }: StepStatus, { nowMs }: Page): string {
  if (startedAtMs === undefined) return state === 'skipped' ? 'skipped' : '';
  if (endedAtMs !== undefined) return formatDuration(endedAtMs - startedAtMs);
  return `for ${formatRunning(nowMs - startedAtMs)}`;
}

function evidenceRow({ what, source, atMs, value, threshold }: Evidence, page: Page): string[] {
  return [
    what,
    value,
    threshold === undefined ? '' : `(${threshold})`,
    page.paint.dim(`${source}, ${formatMoment(atMs, page)}`),
  ];
}

function renderNow({ now, reason }: RunStatus): string[] {
  return [`  Now: ${now}`, ...(reason === undefined ? [] : [`  Why: ${reason}`])];
}

/** The commands that mean something now. Written with the whole ID: no other run can be meant. */
function renderChoices(
  { accepts, workflowId }: RunStatus,
  kind: AnyKind | undefined,
  { paint }: Page,
): string[] {
  const verbs: AnyKind['verbs'] = kind?.verbs ?? {};
  return renderTable(
    accepts.map((verb) => [
      paint.bold(`belay ${commandPath(verb, verbs[verb])} ${workflowId}`),
      paint.dim(verbs[verb]?.meaning ?? ''),
    ]),
    { indent: 4 },
  );
}
