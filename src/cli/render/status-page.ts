import type { ServiceState } from '../../contracts/rollouts/platform.ts';
import type { RolloutStatus } from '../../contracts/rollouts/status.ts';
import type { RolloutPhase } from '../../kinds/rollout-phases.ts';
import { kindName } from '../../render/rollouts/kind-words.ts';
import { phaseAdvice } from '../../render/rollouts/phase-advice.ts';
import { describeTraffic, measuredWhen } from '../../render/rollouts/stage-words.ts';
import type { ServiceView } from '../rollouts/view-service.ts';
import { renderChoices } from './choices.ts';
import { lastMeasured, renderMetrics } from './metrics.ts';
import { formatAge, type Page, type Paint } from './page.ts';
import { renderPeople, renderUndo } from './people-and-undo.ts';
import { sections, titled } from './sections.ts';
import { serviceParts } from './service-parts.ts';
import { renderStages } from './stages.ts';
import { paintOutcome } from './verdict.ts';

/** Everything there is to know about an open rollout, and how to act on it. */
export function renderStatusPage(
  status: RolloutStatus,
  page: Page,
  service?: ServiceState,
): string {
  return sections([
    renderHeader(status, page),
    renderProgress(status, page),
    ...renderService(status, page, service),
    titled('People', renderPeople(status.people, page), page.paint),
    titled('Undo', renderUndo(status.undo, page), page.paint),
    titled('You can', renderChoices(status, page), page.paint),
  ]);
}

const mostRowsWatched = 8;

/** The part of the page that moves, for a terminal that is drawn again and again. */
export function renderWatchFrame(
  status: RolloutStatus,
  page: Page,
  { state, problem }: ServiceView = {},
): string {
  return sections([
    renderHeader(status, page),
    renderProgress(status, page),
    ...renderService(status, page, state, mostRowsWatched),
    problem === undefined ? [] : [`  ${page.paint.yellow(problem)}`],
    titled('You can', renderChoices(status, page), page.paint),
  ]);
}

function renderService(
  { kind }: RolloutStatus,
  page: Page,
  service: ServiceState | undefined,
  most?: number,
): string[][] {
  if (service === undefined) return [];
  const parts = serviceParts(service, page, { kind, ...(most !== undefined && { most }) });
  return parts.map(([title, lines]) => titled(title, lines, page.paint));
}

function renderHeader(status: RolloutStatus, page: Page): string[] {
  const { paint } = page;
  const change =
    status.previousVersion === undefined
      ? status.version
      : `${status.previousVersion} → ${status.version}`;
  return [
    `${paint.bold(`${status.environment}/${status.service}`)}  ${change}  ${kindName(status.kind)}  ` +
      `${phaseText(status, paint)}  ${describeTraffic(status)}`,
    paint.dim(
      [
        status.workflowId,
        `rollout ${status.rolloutId}`,
        `started ${formatAge(status.startedAtMs, page)}`,
        ...(status.serviceUrl === undefined ? [] : [status.serviceUrl]),
      ].join('  '),
    ),
  ];
}

function renderProgress(status: RolloutStatus, page: Page): string[] {
  const measured = lastMeasured(status.stages);
  const advice = phaseAdvice(status);
  return [
    ...renderStages(status, page),
    ...(status.stages.length > 0 ? [''] : []),
    ...(measured ? [`  Measured ${measuredWhen(status.kind, measured.weight)}`] : []),
    ...(measured ? [...renderMetrics(measured, status.metrics, page), ''] : []),
    `  Now: ${status.now}`,
    ...(status.reason === undefined ? [] : [`  Why: ${status.reason}`]),
    ...(advice === undefined ? [] : [`  ${page.paint.yellow(advice)}`]),
  ];
}

function phaseText({ phase, outcome }: RolloutStatus, paint: Paint): string {
  return outcome === undefined ? paintPhase(phase, paint) : paintOutcome(outcome, paint);
}

function paintPhase(phase: RolloutPhase, paint: Paint): string {
  switch (phase) {
    case 'starting':
    case 'preparing':
    case 'holding':
    case 'experimenting':
    case 'keeping':
    case 'promoting':
    case 'taking-over':
    case 'closed':
      return paint.cyan(phase);
    case 'paused':
    case 'inconclusive':
    case 'awaiting-approval':
    case 'stuck':
      return paint.yellow(phase);
    case 'undoing':
    case 'undo-failed':
      return paint.red(phase);
  }
}
