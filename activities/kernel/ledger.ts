import type { Ledger, LedgerActivities } from '../../src/contracts/kernel/ledger.ts';
import type { RunName, RunReport } from '../../src/contracts/kernel/report.ts';

export interface LedgerOptions {
  /** Called once for each run, although its report may be written again: by a retry, or after a reset. */
  onFirstReport?: (report: RunReport) => void;
  /** What the client called itself that started this run; empty where nobody can tell. */
  readStarter?: (run: RunName) => Promise<string>;
}

export function createLedgerActivities(
  ledger: Ledger,
  { onFirstReport, readStarter }: LedgerOptions = {},
): LedgerActivities {
  return {
    async appendReport(report) {
      const isFirst = onFirstReport !== undefined && !(await isReported(ledger, report));
      await ledger.append(await withStarter(report, readStarter));
      if (isFirst) onFirstReport(report);
    },
  };
}

/** A plain start brings no name with it, but Temporal has one. */
async function withStarter(
  report: RunReport,
  readStarter: LedgerOptions['readStarter'],
): Promise<RunReport> {
  if (report.startedBy !== undefined || readStarter === undefined) return report;
  try {
    const identity = await readStarter(report);
    return identity === '' ? report : { ...report, startedBy: identity };
  } catch {
    // Who started it must not keep a report from being written.
    return report;
  }
}

async function isReported(ledger: Ledger, { runRef }: RunReport): Promise<boolean> {
  try {
    return (await ledger.list({ runRef, limit: 1 })).length > 0;
  } catch {
    // What is counted must not keep a report from being written.
    return false;
  }
}
