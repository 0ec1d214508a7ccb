import { proxyActivities, setWorkflowOptions } from '@temporalio/workflow';
import type { LedgerActivities } from '../../src/contracts/kernel/ledger.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { newestCode } from './newest-code.ts';

const { appendReport } = proxyActivities<LedgerActivities>({
  startToCloseTimeout: '10 s',
  scheduleToCloseTimeout: '30 days',
  retry: { maximumInterval: '5 min' },
  summary: 'write the report into the ledger',
});

/** Keeps the report of a run, or of what was done about an alert, until the ledger takes it. */
export async function writeReport(report: RunReport): Promise<void> {
  await appendReport(report);
}

// The workers of the run's own version need not stay for it.
setWorkflowOptions(newestCode, writeReport);
