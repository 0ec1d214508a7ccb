import { ParentClosePolicy, patched, proxyActivities, startChild } from '@temporalio/workflow';
import type { LedgerActivities } from '../../src/contracts/kernel/ledger.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { writeReportWorkflowType } from '../../src/kinds/workflow-types.ts';
import { reasonOf } from './reason-of.ts';

/** The second attempt is for a worker that died in the first. */
const { appendReport } = proxyActivities<LedgerActivities>({
  startToCloseTimeout: '5 s',
  retry: { initialInterval: '500 ms', maximumAttempts: 2 },
  summary: 'write the report into the ledger',
});

/** Does not wait for a ledger that is away: a note in the report says who writes it later. */
export async function writeIntoLedger(report: RunReport): Promise<void> {
  try {
    await appendReport(report);
  } catch (error) {
    report.notes.push(`This report is ${await writeLater(report, error)}`);
  }
}

/**
 * Has a workflow of its own write the report once the ledger can be used again, so that this one can
 * end. Returns where the report is meanwhile; never fails.
 */
export async function writeLater(report: RunReport, error: unknown): Promise<string> {
  const why = reasonOf(error);
  if (!patched('reports-are-written-later')) return `not in the ledger: ${why}`;
  const workflowId = ['write-report', report.runRef, report.runId].join('/');
  try {
    await startChild(writeReportWorkflowType, {
      workflowId,
      args: [{ ...report, notes: [...report.notes] }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Writes the report of ${report.runRef} into the ledger once it can be used`,
    });
    return `not in the ledger yet, and ${workflowId} writes it: ${why}`;
  } catch (failed) {
    return `not in the ledger: ${why}; nobody writes it later: ${reasonOf(failed)}`;
  }
}
