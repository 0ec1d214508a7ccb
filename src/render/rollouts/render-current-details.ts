import type { RolloutStatus, StageStatus } from '../../contracts/rollouts/status.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { describeExperiment } from './experiment-words.ts';
import { formatMeasured, metricNamed } from './measured.ts';
import { kindName } from './kind-words.ts';
import { phaseAdvice } from './phase-advice.ts';
import { stageMarks } from './stage-marks.ts';
import { describeTraffic, stageName } from './stage-words.ts';

/**
 * The status as Markdown for the Temporal Web UI: a page a person can act on, a few KB at most.
 * The UI shows it in a column of 400 pixels or more, and cuts off what does not wrap.
 */
export function renderCurrentDetails(status: RolloutStatus): string {
  if (status.service === '') return status.now;
  return [
    headline(status),
    whatHappens(status),
    phaseAdvice(status) ?? '',
    stageTable(status),
    whatDecided(status),
    whereToMeasure(status),
    howToAct(status),
    undoLine(status),
    lastWords(status),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function headline(status: RolloutStatus): string {
  const { environment, service, version, previousVersion, kind } = status;
  const from = previousVersion === undefined ? '' : `${previousVersion} → `;
  return `### ${environment}/${service}: ${from}${version}, ${kindName(kind)}, ${describeTraffic(status)}`;
}

function whatHappens({ now, outcome }: RolloutStatus): string {
  return outcome === undefined ? `**${now}**` : `**${outcome}:** ${now}`;
}

function stageTable({ kind, stages, metrics }: RolloutStatus): string {
  if (stages.length === 0) return '';
  return [
    row(['', 'Stage', 'Hold', 'Result']),
    row([':--', ':--', ':--', ':--'], ''),
    ...stages.map((stage) =>
      row([
        stageMarks[stage.state],
        stageName(kind, stage.weight),
        stage.holdMs === 0 ? 'none' : formatDuration(stage.holdMs),
        stageResult(stage, metrics),
      ]),
    ),
  ].join('\n');
}

/** The Web UI sets columns without any space between them. */
const columnGap = '\u00a0\u00a0';

function row(cells: string[], gap = columnGap): string {
  return `| ${cells.map(inCell).join(`${gap} | `)} |`;
}

function inCell(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
}

/** The reasons of the verdicts so far. */
function whatDecided({ kind, stages }: RolloutStatus): string {
  return stages
    .flatMap(({ weight, verdict }) =>
      (verdict?.reasons ?? []).map((reason) => `- ${stageName(kind, weight)}: ${reason}`),
    )
    .join('\n');
}

function stageResult(stage: StageStatus, metrics: RolloutStatus['metrics']): string {
  const { state, verdict, holdEndsAtMs, holdLeftMs, needsApproval, approvedBy, note } = stage;
  const { experiment } = stage;
  return [
    ...(verdict !== undefined ? [verdict.kind] : state === 'failed' ? [state] : []),
    ...(state === 'stopped' ? [state] : []),
    ...lastMeasured(stage, metrics),
    ...(holdEndsAtMs === undefined ? [] : [`until ${clock(holdEndsAtMs)}`]),
    ...(holdLeftMs === undefined ? [] : [`clock stopped with ${formatDuration(holdLeftMs)} left`]),
    ...(experiment === undefined ? [] : [describeExperiment(experiment)]),
    ...(needsApproval === undefined ? [] : [approvalText(needsApproval)]),
    ...(approvedBy === undefined ? [] : [`approved by ${approvedBy}`]),
    ...(note === undefined ? [] : [note]),
  ].join(', ');
}

function approvalText({ by, until }: NonNullable<StageStatus['needsApproval']>): string {
  const who = by.join(' or ') || 'anyone';
  return `waits for ${who}${until === undefined ? '' : ` until ${clock(until)}`}`;
}

function lastMeasured({ measurements }: StageStatus, metrics: RolloutStatus['metrics']): string[] {
  const newest = new Map(measurements.map((each) => [each.metric, each]));
  return [...newest.values()].map(
    ({ metric, value }) =>
      `${metric} ${value === undefined ? 'no data' : formatMeasured(metricNamed(metric, metrics), value)}`,
  );
}

/** A hold that is open is measured by an activity: the workflow knows its figures only at the end. */
function whereToMeasure({ phase, metrics = [], environment, service }: RolloutStatus): string {
  if (phase !== 'holding' || metrics.length === 0) return '';
  return `Measured so far: under Pending Activities, or with \`belay watch ${environment}/${service}\`.`;
}

function howToAct({ accepts, environment, service }: RolloutStatus): string {
  const offered = accepts.filter((verb) => verb !== 'undo'); // It does what abort does.
  if (offered.length === 0) return '';
  return [
    `**You can** ${offered.map((verb) => `\`${verb}\``).join(', ')}:`,
    'More Actions, Send an Update, with `{"by": "you", "why": "..."}` as input.',
    `The same in a terminal: \`belay status ${environment}/${service}\` lists the commands.`,
  ].join(' ');
}

function undoLine({ undo }: RolloutStatus): string {
  if (undo.length === 0) return '';
  const marks = { armed: '', done: '✓ ', failed: '✗ ' };
  const steps = undo.map(
    ({ name, state, error }) => `${marks[state]}${name}${error === undefined ? '' : ` (${error})`}`,
  );
  return `**Undo, in this order:** ${steps.join(', ')}.`;
}

function lastWords({ people }: RolloutStatus): string {
  if (people.length === 0) return '';
  const said = people.slice(-3).map(({ atMs, verb, by = 'someone', why, ignored }) => {
    const because = why === undefined ? '' : ` (${why})`;
    const fate = ignored === undefined ? '' : `, ignored: ${ignored}`;
    return `- ${clock(atMs)} ${by}: ${verb}${because}${fate}`;
  });
  return ['**People**', ...said].join('\n');
}

function clock(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
}
