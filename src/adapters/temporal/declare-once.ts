import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { VerbInput } from '../../contracts/kernel/messages.ts';
import type { IncidentReport } from '../../contracts/recovery/incident.ts';
import { workflowIdOf } from '../../kinds/locks.ts';
import { recoveryKinds } from '../../kinds/recovery.ts';
import type { Subject } from '../../kinds/kind.ts';
import { declareIncident, type DeclarationOrder } from './declare-incident.ts';
import { describeRun } from './describe-run.ts';

export interface DeclaredOnce {
  workflowId: string;
  runId: string;
  /** `joined`: one of its name was open already. `known`: this request was taken before. */
  result: 'declared' | 'joined' | 'known';
}

const mostRemembered = 1_000;

/**
 * Declares incidents for senders that repeat themselves. A request that an open incident has taken is
 * not sent again while it is remembered here, so that the repeats of an alert do not fill a history;
 * one that a closed incident had taken does not begin another.
 */
export function createDeclarations(client: Client) {
  const sent = new Map<string, string>();
  return async (order: DeclarationOrder): Promise<DeclaredOnce> => {
    const { environment, incident: name } = order.spec;
    const workflowId = workflowIdOf(recoveryKinds.incident, { environment, name });
    const key = JSON.stringify([workflowId, order.requestId]);
    const last = await describeRun(client, workflowId);
    if (last !== undefined && (await isTaken(last))) {
      return { workflowId, runId: last.runId, result: 'known' };
    }
    const { runId, joined } = await declareIncident(client, order);
    const now = await describeRun(client, workflowId);
    if (now !== undefined) remember(key, firstRunOf(now));
    return { workflowId, runId, result: joined ? 'joined' : 'declared' };

    async function isTaken(run: Described): Promise<boolean> {
      if (run.status.name === 'RUNNING') return sent.get(key) === firstRunOf(run);
      return run.status.name === 'COMPLETED' && hadTaken(client, run, order.requestId);
    }
  };

  function remember(key: string, firstRunId: string): void {
    sent.set(key, firstRunId);
    const [oldest] = sent.keys();
    if (sent.size > mostRemembered && oldest !== undefined) sent.delete(oldest);
  }
}

type Described = NonNullable<Awaited<ReturnType<typeof describeRun>>>;

/** The same for all runs of an incident, which continues as new. */
function firstRunOf({ raw, runId }: Described): string {
  return raw.workflowExecutionInfo?.firstRunId || runId;
}

async function hadTaken(
  client: Client,
  { workflowId, runId }: Described,
  requestId: string,
): Promise<boolean> {
  const handle = client.workflow.getHandle(workflowId, runId, { followRuns: false });
  const report = (await handle.result()) as { details?: Partial<IncidentReport['details']> } | null;
  return report?.details?.requests?.includes(requestId) === true;
}

/** Tells the open incident of this subject that an alert does not fire any more. False where none is open. */
export async function endIncidentAlert(
  client: Client,
  { subject, alert, by }: { subject: Subject; alert: string; by: string },
): Promise<boolean> {
  const handle = client.workflow.getHandle(workflowIdOf(recoveryKinds.incident, subject));
  const input: VerbInput = { by, with: { alert } };
  try {
    await handle.signal<[VerbInput]>('alertEnded', input);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
