import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import type { Ledger } from '../../contracts/kernel/ledger.ts';
import { listReports } from '../../contracts/rollouts/list-reports.ts';
import { readRolloutReport } from '../../contracts/rollouts/read-report.ts';
import type { RolloutReport } from '../../contracts/rollouts/report.ts';
import { exitCodes, type ExitCode } from '../failure.ts';
import type { ServiceName } from '../service-name.ts';

export type RolloutEnd =
  | { kind: 'report'; report: RolloutReport }
  /** Closed without a report: it failed before it acted, or was terminated. */
  | { kind: 'unreported'; state: string; reason: string };

/** How a closed run ended, or how the rollout did that was meant, if that was another. */
export async function readEnd(
  client: Client,
  ledger: Ledger,
  name: ServiceName,
  run: WorkflowExecutionDescription,
  expectedId?: string,
): Promise<RolloutEnd> {
  const end = await readResult(client, run);
  if (expectedId === undefined || end.kind !== 'report' || end.report.runRef === expectedId)
    return end;
  const report = await findReport(ledger, name, expectedId);
  if (report) return { kind: 'report', report };
  const reason = `rollout ${end.report.runRef} ended in its place: ${end.report.outcome}`;
  return { kind: 'unreported', state: 'replaced', reason };
}

export async function findReport(
  ledger: Ledger,
  { service, environment }: ServiceName,
  rolloutId: string,
): Promise<RolloutReport | undefined> {
  const [report] = await listReports(ledger, { service, environment, runRef: rolloutId, limit: 1 });
  return report;
}

export function exitCodeOf(end: RolloutEnd): ExitCode {
  if (end.kind === 'unreported') return exitCodes.notDone;
  const { outcome } = end.report;
  return outcome === 'Promoted' || outcome === 'FastPromoted' ? exitCodes.ok : exitCodes.notDone;
}

async function readResult(
  client: Client,
  { workflowId, runId, status }: WorkflowExecutionDescription,
): Promise<RolloutEnd> {
  try {
    const result: unknown = await client.workflow.getHandle(workflowId, runId).result();
    const report = readRolloutReport(result);
    if (report !== undefined) return { kind: 'report', report };
    const reason = 'its result is not the report of a rollout';
    return { kind: 'unreported', state: status.name.toLowerCase(), reason };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const reason = error.cause?.message ?? error.message;
    return { kind: 'unreported', state: status.name.toLowerCase(), reason };
  }
}
