import {
  WorkflowFailedError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { exitCodes, type ExitCode } from '../failure.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';

export type RunEnd =
  | { kind: 'report'; report: RunReport }
  /** Closed without a report: it failed before it acted, or was terminated. */
  | { kind: 'unreported'; state: string; reason: string };

/** How a closed run ended, or how the expected one did, if that was another. */
export async function readRunEnd(
  client: Client,
  { workflowId, runId, status }: WorkflowExecutionDescription,
  expectedRef?: string,
): Promise<RunEnd> {
  const state = status.name.toLowerCase();
  let result: unknown;
  try {
    result = await client.workflow.getHandle(workflowId, runId).result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { kind: 'unreported', state, reason: error.cause?.message ?? error.message };
  }
  if (!isReport(result)) {
    return { kind: 'unreported', state, reason: 'its result is not the report of a run' };
  }
  if (expectedRef === undefined || result.runRef === expectedRef) {
    return { kind: 'report', report: result };
  }
  const reason = `run ${result.runRef} ended in its place: ${result.outcome}`;
  return { kind: 'unreported', state: 'replaced', reason };
}

function isReport(result: unknown): result is RunReport {
  if (typeof result !== 'object' || result === null) return false;
  const { runRef, outcome, endedAtMs } = result as Partial<Record<keyof RunReport, unknown>>;
  return typeof runRef === 'string' && typeof outcome === 'string' && typeof endedAtMs === 'number';
}

export function exitCodeOfRun(end: RunEnd, kinds: readonly AnyKind[]): ExitCode {
  if (end.kind === 'unreported') return exitCodes.notDone;
  const { kind, outcome } = end.report;
  const isSuccess = kinds.find((each) => each.kind === kind)?.successes.includes(outcome);
  return isSuccess ? exitCodes.ok : exitCodes.notDone;
}
