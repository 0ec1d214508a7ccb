import type { PlanOverview } from '../backups/read-overviews.ts';
import type { RepositoryOverview } from '../../policies/backups/overview.ts';
import { formatBytes } from '../../render/backups/bytes.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { shortLabel } from '../../render/backups/short-label.ts';
import { lateLines, nothingKnown, recoveryLine, retiredLines } from './backup-list.ts';
import { formatAge, formatMoment, type Page } from './page.ts';
import { sections, titled } from './sections.ts';
import { renderTable } from './table.ts';

/** To what moments one can go back, and to which not, and why. */
export function renderBackupGaps(plans: readonly PlanOverview[], page: Page): string {
  const overviews = plans.flatMap(({ repositories }) => repositories);
  if (overviews.length === 0 && plans.length === 0) return nothingKnown;
  return sections([
    ...overviews.map((overview) => [renderRepository(overview, page)]),
    titled('Retired', retiredLines(plans, page), page.paint),
    titled('Late', lateLines(plans, page), page.paint),
  ]);
}

function renderRepository(overview: RepositoryOverview, page: Page): string {
  const { recovery, sets } = overview;
  const { paint } = page;
  const span = (fromMs: number, untilMs: number) => [
    formatMoment(fromMs, page),
    formatMoment(untilMs, page),
    formatDuration(untilMs - fromMs),
  ];
  const unusable = sets.filter(({ judged }) =>
    ['unrestorable', 'future'].includes(judged.standing),
  );
  return sections([
    [recoveryLine(overview, page), paint.dim(`  ${readText(overview, page)}`)],
    titled(
      'Any moment',
      renderTable(
        recovery.windows.map(({ fromMs, untilMs }) => span(fromMs, untilMs)),
        { indent: 4 },
      ),
      paint,
    ),
    titled(
      'Gaps',
      renderTable(
        recovery.gaps.map(({ fromMs, untilMs, why }) => [
          ...span(fromMs, untilMs),
          paint.yellow(why),
        ]),
        { indent: 4 },
      ),
      paint,
    ),
    titled(
      'Only the end of a set',
      renderTable(
        recovery.moments.map(({ atMs, label }) => [formatMoment(atMs, page), shortLabel(label)]),
        { indent: 4 },
      ),
      paint,
    ),
    titled(
      'Sets that cannot be restored',
      renderTable(
        unusable.map(({ judged: { set, why } }) => [
          formatMoment(set.startedAtMs, page),
          shortLabel(set.label),
          paint.red(why),
        ]),
        { indent: 4 },
      ),
      paint,
    ),
  ]);
}

function readText({ readAtMs, problems, freeBytes }: RepositoryOverview, page: Page): string {
  const read =
    readAtMs === undefined
      ? 'the repository was never read: its log is not known'
      : `as of ${formatAge(readAtMs, page)}, when the repository was read`;
  const free = freeBytes === undefined ? [] : [`${formatBytes(freeBytes)} free`];
  return [read, ...free, ...problems].join('; ');
}
