import type { ChangeControlState, Freeze, Permit } from '../../contracts/kernel/change-control.ts';
import {
  activeNow,
  isOver,
  nextWindow,
} from '../../policies/kernel/change-control/active-freezes.ts';
import {
  describeTerm,
  frozenSubject,
} from '../../policies/kernel/change-control/describe-freeze.ts';
import { formatAge, formatBothMoments, type Page } from './page.ts';
import { renderTable } from './table.ts';

const mostPermits = 20;
const shownRecords = 5;

export function renderChangeControls(states: readonly ChangeControlState[], page: Page): string {
  if (states.length === 0) return 'Nothing is frozen, and no run has asked for a permit yet.';
  return states.map((state) => renderOne(state, page)).join('\n\n');
}

function renderOne(state: ChangeControlState, page: Page): string {
  const { paint } = page;
  const freezes = state.freezes.filter((freeze) => !isOver(freeze, page.nowMs));
  return [
    paint.bold(state.environment),
    `  ${renderLever(state, page)}`,
    ...(freezes.length === 0
      ? ['  Nothing is frozen.']
      : renderTable([
          ['FREEZE', 'WHAT', 'NOW', 'WHEN', 'WHO', 'WHY'].map((title) => paint.dim(title)),
          ...freezes.map((freeze) => freezeRow(state.environment, freeze, page)),
        ])),
    ...(state.permits.length === 0
      ? ['  No run holds a permit.']
      : renderTable([
          ['PERMIT', 'KIND', 'SINCE'].map((title) => paint.dim(title)),
          ...state.permits.slice(0, mostPermits).map((permit) => permitRow(permit, page)),
        ])),
    ...(state.permits.length > mostPermits
      ? [`  and ${state.permits.length - mostPermits} more: --json prints all`]
      : []),
    ...renderRecords(state, page),
  ].join('\n');
}

export function renderLever({ environment, lever }: ChangeControlState, page: Page): string {
  const { paint } = page;
  if (lever === undefined) return 'The safety lever is not engaged.';
  return (
    `${paint.red('The safety lever is engaged')} by ${lever.by}, ${formatAge(lever.sinceMs, page)}: ${lever.why} ` +
    `(belay lever release ${environment})`
  );
}

function freezeRow(environment: string, freeze: Freeze, page: Page): string[] {
  return [
    String(freeze.id),
    frozenSubject(environment, freeze),
    presentState(freeze, page),
    describeTerm(freeze),
    freeze.by,
    freeze.why,
  ];
}

function presentState(freeze: Freeze, page: Page): string {
  const { paint, nowMs } = page;
  const [active] = activeNow(freeze, nowMs);
  if (active?.untilMs !== undefined) {
    return paint.red(`frozen until ${formatBothMoments(active.untilMs, page)}`);
  }
  if (active !== undefined) return paint.red('frozen');
  const next = nextWindow(freeze, nowMs);
  return next === undefined ? 'open' : `open until ${formatBothMoments(next.fromMs, page)}`;
}

function permitRow({ workflowId, kind, sinceMs }: Permit, page: Page): string[] {
  return [workflowId, kind, formatAge(sinceMs, page)];
}

function renderRecords({ records }: ChangeControlState, page: Page): string[] {
  if (records.length === 0) return [];
  return [
    `  ${page.paint.dim('LAST')}`,
    ...records
      .slice(-shownRecords)
      .map(({ atMs, text }) => `  ${formatAge(atMs, page)}: ${text.replace(/\s+/g, ' ')}`),
  ];
}
