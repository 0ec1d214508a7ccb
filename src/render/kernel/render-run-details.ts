import type { RunStatus, StepStatus } from '../../contracts/kernel/run.ts';
import { inCell } from './markdown.ts';
import { utcMoment } from './moment.ts';
import { stepMarks } from './step-marks.ts';

/** The status of a run of any kind as Markdown for the Temporal Web UI, a few KB at most. */
export function renderRunDetails(status: RunStatus): string {
  const { subject, kind, now, outcome } = status;
  if (subject.name === '') return now;
  return [
    `### ${subject.environment}/${subject.name}: ${kind}`,
    outcome === undefined ? `**${now}**` : `**${outcome}:** ${now}`,
    stepTable(status.steps),
    evidenceOf(status.steps),
    howToAct(status),
    undoLine(status),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function stepTable(steps: readonly StepStatus[]): string {
  if (steps.length === 0) return '';
  return [
    '| | Step | When |',
    '| :-- | :-- | :-- |',
    ...steps.map((step) => `| ${stepMarks[step.state]} | ${inCell(step.name)} | ${times(step)} |`),
  ].join('\n');
}

function times({ startedAtMs, endedAtMs, by }: StepStatus): string {
  return [
    ...(startedAtMs === undefined ? [] : [utcMoment(startedAtMs)]),
    ...(endedAtMs === undefined ? [] : [`to ${utcMoment(endedAtMs)}`]),
    ...(by === undefined ? [] : [`by ${inCell(by)}`]),
  ].join(' ');
}

function evidenceOf(steps: readonly StepStatus[]): string {
  return steps
    .flatMap(({ name, evidence }) => evidence.slice(-3).map((each) => ({ name, ...each })))
    .map(({ name, what, value, threshold, source, atMs }) => {
      const bound = threshold === undefined ? '' : ` (wanted: ${threshold})`;
      return `- ${name}: ${what} ${value}${bound}, from ${source} at ${utcMoment(atMs)}`;
    })
    .join('\n');
}

function howToAct({ accepts, workflowId }: RunStatus): string {
  if (accepts.length === 0) return '';
  return [
    `**You can** ${accepts.map((verb) => `\`${verb}\``).join(', ')}:`,
    'More Actions, Send an Update, with `{"by": "you", "why": "..."}` as input.',
    `The same in a terminal: \`belay status ${workflowId}\` lists the commands.`,
  ].join(' ');
}

function undoLine({ undo }: RunStatus): string {
  if (undo.length === 0) return '';
  const done = { armed: '', done: '✓ ', failed: '✗ ' };
  const steps = undo.map(
    ({ name, state, error }) => `${done[state]}${name}${error === undefined ? '' : ` (${error})`}`,
  );
  return `**Undo, in this order:** ${steps.join(', ')}.`;
}
