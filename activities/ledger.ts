import type { Ledger, LedgerActivities } from '../src/contracts/ledger.ts';
import type { RolloutReport } from '../src/contracts/report.ts';

/** A report written again is among the newest of its service. */
const recent = 20;

/** `onFirstReport` is told of a rollout once, though its report be written again: by a retry, or after a reset. */
export function createLedgerActivities(
  ledger: Ledger,
  onFirstReport?: (report: RolloutReport) => void,
): LedgerActivities {
  return {
    async appendReport(report) {
      const isFirst = onFirstReport !== undefined && !(await isReported(ledger, report));
      await ledger.append(report);
      if (isFirst) onFirstReport(report);
    },
  };
}

async function isReported(ledger: Ledger, report: RolloutReport): Promise<boolean> {
  const { service, environment, rolloutId } = report;
  try {
    const reports = await ledger.list({ service, environment, limit: recent });
    return reports.some((one) => one.rolloutId === rolloutId);
  } catch {
    // What is counted must not keep a report from being written.
    return false;
  }
}
