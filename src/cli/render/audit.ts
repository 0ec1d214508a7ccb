import { stringify } from 'csv-stringify/sync';
import { auditFields, type AuditEntry } from '../../policies/rollouts/audit/audit-trail.ts';
import type { Page } from './page.ts';
import { renderTable } from './table.ts';

/** RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe. */
export function renderAuditCsv(entries: readonly AuditEntry[]): string {
  return stringify([...entries], {
    header: true,
    columns: [...auditFields],
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}

export function renderAudit(
  entries: readonly AuditEntry[],
  { paint }: Pick<Page, 'paint'>,
): string {
  if (entries.length === 0) return 'The ledger has nothing of this.';
  const titles = ['WHEN (UTC)', 'WHO', 'WHAT', 'SERVICE', 'VERSION', 'RESULT', 'WHY'];
  return renderTable(
    [
      titles.map((title) => paint.dim(title)),
      ...entries.map((entry) =>
        [
          entry.at.slice(0, 19).replace('T', ' '),
          entry.by,
          entry.stage === null ? entry.action : `${entry.action} ${entry.stage} %`,
          [entry.environment, entry.service].filter(Boolean).join('/'),
          entry.version ?? '',
          entry.result,
          entry.why ?? '',
        ].map(oneLine),
      ),
    ],
    { indent: 0 },
  ).join('\n');
}

/** What people wrote must neither break the table nor steer the terminal. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}
