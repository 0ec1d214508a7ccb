import type { BackupDetails } from '../../../src/contracts/backups/details.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import { expectThat } from '../expectation.ts';
import type { Machine } from '../machine.ts';

/** Of the newest run of a kind, out of the ledger. */
export async function lastReport(
  machine: Machine,
  subject: string,
  kind: string,
): Promise<RunReport<BackupDetails>> {
  const { output } = await machine.belay(
    ['history', subject, '--kind', kind, '--limit', '1', '--json'],
    { quietly: true },
  );
  const [report] = JSON.parse(output) as RunReport<BackupDetails>[];
  expectThat(report !== undefined, `a ${kind} is in the ledger`);
  return report;
}
