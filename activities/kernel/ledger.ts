import type { Ledger, LedgerActivities } from '../../src/contracts/kernel/ledger.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';

/** A report written again is among the newest of its service. */
const recent = 20;

export interface LedgerOptions {
  /** Told of a rollout once, though its report be written again: by a retry, or after a reset. */
  onFirstReport?: (report: RolloutReport) => void;
  /** What the client called itself that started this run; empty where nobody can tell. */
  readStarter?: (run: { workflowId: string; runId: string }) => Promise<string>;
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
  report: RolloutReport,
  readStarter: LedgerOptions['readStarter'],
): Promise<RolloutReport> {
  if (report.startedBy !== undefined || readStarter === undefined) return report;
  try {
    const identity = await readStarter(report);
    return identity === '' ? report : { ...report, startedBy: identity };
  } catch {
    // Who started it must not keep a report from being written.
    return report;
  }
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
