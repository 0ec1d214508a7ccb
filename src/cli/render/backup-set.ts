import type { CatalogueEntry, Verified } from '../../contracts/backups/catalogue.ts';
import type { RepositoryOverview } from '../../policies/backups/overview.ts';
import { canBeRestored } from '../../policies/backups/judge-sets.ts';
import type { SetDecision } from '../../policies/backups/retention/plan-retention.ts';
import { formatBytes } from '../../render/backups/bytes.ts';
import { describeExtent } from '../../render/backups/describe-set.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { formatMoment, type Page } from './page.ts';
import { sections, titled } from './sections.ts';
import { renderTable } from './table.ts';

/** All that is known of one set. */
export function renderBackupSet(
  { environment, backup, component, repository }: RepositoryOverview,
  decision: SetDecision,
  page: Page,
): string {
  const { judged } = decision;
  const { set, entry, standing, why } = judged;
  const { paint } = page;
  const heading = `${environment}/${backup}/${component.name} in ${repository}`;
  const state = canBeRestored(judged) ? paint.green('can be restored') : paint.red(why);
  const type = standing === 'safety-copy' ? 'safety copy of a restore in place' : set.type;
  const stored = set.storedBytes === undefined ? [] : [`${formatBytes(set.storedBytes)} stored`];
  const facts: [string, string][] = [
    ['made', `${formatMoment(set.startedAtMs, page)} to ${formatMoment(set.stoppedAtMs, page)}`],
    ['type', type],
    ['size', [formatBytes(set.bytes), ...stored].join(', ')],
    ['made by', set.madeBy ?? 'nobody of ours'],
    ...(set.needs.length === 0 ? [] : [['builds on', set.needs.join(', ')] as [string, string]]),
    ...(set.wal === undefined
      ? []
      : [['WAL', `${set.wal.start.segment} to ${set.wal.stop.segment}`] as [string, string]]),
    ...(set.identity === undefined ? [] : [['source', set.identity] as [string, string]]),
  ];
  return sections([
    [`${paint.bold(set.label)}  ${state}`, paint.dim(heading)],
    renderTable(facts.map(([name, value]) => [paint.dim(name), value])),
    titled('Known', entry ? renderTable(knownOf(entry, page), { indent: 4 }) : [], paint),
    titled(reasonTitles[decision.action], reasonsOf(decision, page), paint),
  ]);
}

const reasonTitles = { keep: 'Kept because', expire: 'Expires next because', leave: 'Left alone' };

function reasonsOf({ reasons, goesAtMs, copyTo }: SetDecision, page: Page): string[] {
  return [
    ...renderTable(
      reasons.map(({ text, untilMs }) => [
        text,
        untilMs === undefined ? '' : page.paint.dim(`until ${formatMoment(untilMs, page)}`),
      ]),
      { indent: 4 },
    ),
    ...(copyTo === undefined ? [] : [`    copied to ${copyTo} before that`]),
    ...(goesAtMs === undefined ? [] : [`    goes ${formatMoment(goesAtMs, page)} at the earliest`]),
  ];
}

function extentText({ extent, unread }: Verified): string {
  return unread === undefined ? describeExtent(extent) : `all but ${unread}`;
}

function knownOf(entry: CatalogueEntry, page: Page): string[][] {
  const { firstSeen, verified, damaged, replicated, proven, expired, missing } = entry;
  const row = (what: string, { atMs, runRef }: { atMs: number; runRef: string }, said = '') => [
    ...[what, formatMoment(atMs, page), said, page.paint.dim(runRef)],
  ];
  return [
    row('first seen', firstSeen),
    ...(verified ? [row('verified', verified, extentText(verified))] : []),
    ...(damaged
      ? damaged.damage.map(({ where, what }) =>
          row(page.paint.red('damaged'), damaged, `${where}: ${what}`),
        )
      : []),
    ...replicated.map((copy) =>
      row(`copied to ${copy.repository}`, copy, `${copy.label}, ${copy.equal}`),
    ),
    ...(proven ? [row('proven', proven, provenText(proven))] : []),
    ...(expired ? [row('expired', expired, expired.why)] : []),
    ...(missing ? [row(page.paint.red('missing'), missing)] : []),
  ];
}

function provenText({ tookMs, lostMs, bytes }: NonNullable<CatalogueEntry['proven']>): string {
  const lost = lostMs === undefined ? '' : `, ${formatDuration(lostMs)} lost`;
  return `restored in ${formatDuration(tookMs)}${lost}, ${formatBytes(bytes)}`;
}
