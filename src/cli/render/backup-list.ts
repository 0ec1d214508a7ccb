import type { PlanOverview } from '../backups/read-overviews.ts';
import { shortLabel } from '../../render/backups/short-label.ts';
import type { RepositoryOverview } from '../../policies/backups/overview.ts';
import { canBeRestored } from '../../policies/backups/judge-sets.ts';
import type { SetDecision } from '../../policies/backups/retention/plan-retention.ts';
import { formatBytes } from '../../render/backups/bytes.ts';
import { describeRecovery } from '../../render/backups/describe-recovery.ts';
import { standingDamage } from '../../policies/backups/standing-damage.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { formatAge, formatDay, formatMoment, type Page } from './page.ts';
import { sections, titled } from './sections.ts';
import { renderTable } from './table.ts';

export const nothingKnown = 'No set is known. Make one with: belay backup run -f PLAN';

/** Every set that there is, the newest first, and to what moments one can go back. */
export function renderBackupList(
  plans: readonly PlanOverview[],
  page: Page,
  withGone = false,
): string {
  const overviews = plans.flatMap(({ repositories }) => repositories);
  if (overviews.length === 0 && plans.length === 0) return nothingKnown;
  const { paint } = page;
  const titles = ['MADE', 'COMPONENT', 'REPOSITORY', 'SET', 'TYPE', 'SIZE'];
  const facts = ['VERIFIED', 'REPLICATED', 'PROVEN', 'GOES', 'WHY'];
  const rows = overviews
    .flatMap((overview) => overview.sets.map((decision) => ({ overview, decision })))
    .sort((one, other) => madeAtMs(other.decision) - madeAtMs(one.decision))
    .map(({ overview, decision }) => rowOf(overview, decision, page));
  return sections([
    rows.length === 0
      ? []
      : renderTable([[...titles, ...facts].map((title) => paint.dim(title)), ...rows], {
          ...{ indent: 0, right: [5] },
        }),
    withGone ? titled('Gone', renderTable(goneRows(overviews, page), { indent: 4 }), paint) : [],
    overviews.map((overview) => recoveryLine(overview, page)),
    titled('Retired', retiredLines(plans, page), paint),
    titled('Late', lateLines(plans, page), paint),
  ]);
}

/** `prod/shop: since 2026-11-29 by ana: replaced by wiki` */
export function retiredLines(plans: readonly PlanOverview[], page: Page): string[] {
  return plans.flatMap(({ environment, backup, retired }) => {
    if (retired === undefined) return [];
    const { atMs, by, why } = retired;
    const said = why === undefined ? '' : `: ${why}`;
    const plan = page.paint.bold(`${environment}/${backup}`);
    return [
      `    ${plan}: since ${formatMoment(atMs, page)} by ${by}${said}; nothing is expected of it`,
    ];
  });
}

/** `prod/shop/database in main: the newest set that can be restored is 3d old …` */
export function lateLines(plans: readonly PlanOverview[], { paint }: Page): string[] {
  return plans.flatMap(({ environment, backup, late }) =>
    late.map(({ component, repository, text }) => {
      const where = repository === undefined ? '' : ` in ${repository}`;
      return `    ${paint.yellow(`${environment}/${backup}/${component}${where}`)}: ${text}`;
    }),
  );
}

function goneRows(overviews: readonly RepositoryOverview[], page: Page): string[][] {
  const { paint } = page;
  return overviews.flatMap(({ environment, backup, component, repository, gone }) =>
    gone
      .toReversed()
      .map(({ set, expired, missing }) => [
        formatMoment(set.startedAtMs, page),
        `${environment}/${backup}/${component.name}`,
        repository,
        shortLabel(set.label),
        expired
          ? `expired ${formatMoment(expired.atMs, page)}: ${expired.why}`
          : paint.red(`missing since ${formatMoment(missing?.atMs ?? 0, page)}`),
      ]),
  );
}

function madeAtMs({ judged }: SetDecision): number {
  return judged.set.startedAtMs;
}

function rowOf(
  { environment, backup, component, repository }: RepositoryOverview,
  decision: SetDecision,
  page: Page,
): string[] {
  const { judged } = decision;
  const { set, entry } = judged;
  return [
    formatMoment(set.startedAtMs, page),
    `${environment}/${backup}/${component.name}`,
    repository,
    shortLabel(set.label),
    judged.standing === 'safety-copy' ? 'safety copy' : set.type,
    formatBytes(set.bytes),
    verifiedText(decision, page),
    (entry?.replicated ?? []).map((copy) => copy.repository).join(', '),
    provenText(decision, page),
    goesText(decision, page),
    whyText(decision, page),
  ];
}

function verifiedText({ judged }: SetDecision, page: Page): string {
  const { standing, entry } = judged;
  const { paint } = page;
  if (entry && standingDamage(entry)) return paint.red('damaged');
  if (standing === 'foreign') return '';
  if (!canBeRestored(judged)) return paint.red('unusable');
  return entry?.verified ? formatAge(entry.verified.atMs, page) : paint.yellow('never');
}

function provenText({ judged: { entry } }: SetDecision, page: Page): string {
  if (!entry?.proven) return '';
  const { atMs, tookMs } = entry.proven;
  return `${formatAge(atMs, page)}, took ${formatDuration(tookMs)}`;
}

function goesText({ action, goesAtMs, copyTo }: SetDecision, page: Page): string {
  if (action === 'leave') return 'never';
  if (action === 'expire') return copyTo === undefined ? 'next' : `next, to ${copyTo}`;
  return goesAtMs === undefined ? '' : formatDay(goesAtMs, page);
}

/** The first reason, and how many more there are: `belay backup show` has all of them. */
function whyText({ reasons }: SetDecision, { paint }: Page): string {
  const [first, ...more] = reasons;
  return `${first?.text ?? ''}${more.length === 0 ? '' : paint.dim(` (+${more.length})`)}`;
}

/** `prod/shop/database in main: you can go back to any moment from A to B, except C` */
export function recoveryLine(overview: RepositoryOverview, page: Page): string {
  const { environment, backup, component, repository, recovery } = overview;
  const what = page.paint.bold(`${environment}/${backup}/${component.name} in ${repository}`);
  return `${what}: ${describeRecovery(recovery, (atMs) => formatMoment(atMs, page))}`;
}
