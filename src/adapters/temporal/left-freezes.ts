import type { Client } from '@temporalio/client';
import type { Leftover } from '../../contracts/kernel/leftovers.ts';
import type { FreezeOrder } from '../../contracts/recovery/incident.ts';
import { runsQuery } from '../../kinds/list-query.ts';
import { recoveryKinds } from '../../kinds/recovery.ts';
import { regionKinds } from '../../kinds/regions.ts';
import { readChangeControlState } from './change-control.ts';
import { runOfFreeze } from './incident-freezes.ts';
import { listedRun } from './list-runs.ts';

/** A freeze of a run that could not take it back. */
export interface LeftFreeze extends Leftover, Pick<FreezeOrder, 'by'> {
  environment: string;
}

const diedOtherwise = "ExecutionStatus IN ('Terminated', 'TimedOut', 'Failed', 'Canceled')";
const answerWithinMs = 8_000;
const mostListed = 1_000;

/**
 * Freezes of incidents and of region failovers whose workflow was terminated. Temporal's list says which ones were; the change
 * control of their environments is asked until it has none of their freezes left, and then never again.
 */
export function createListLeftFreezes(client: Client): () => Promise<LeftFreeze[]> {
  const clean = new Set<string>();
  return async () => {
    const query = runsQuery([recoveryKinds.incident, ...Object.values(regionKinds)], diedOtherwise);
    const dead: { workflowId: string; runId: string; environment: string; name: string }[] = [];
    for await (const info of client.workflow.list({ query, pageSize: mostListed })) {
      const run = listedRun(info);
      if (!clean.has(run.runId)) dead.push(run);
      if (dead.length >= mostListed) break;
    }
    const left: LeftFreeze[] = [];
    for (const environment of new Set(dead.map((run) => run.environment))) {
      const deadlineMs = Date.now() + answerWithinMs;
      const state = await readChangeControlState(client, { environment, deadlineMs });
      const frozen = (state?.freezes ?? []).flatMap((freeze) => runOfFreeze(freeze) ?? []);
      for (const run of dead.filter((one) => one.environment === environment)) {
        const own = frozen.filter(({ workflowId }) => workflowId === run.workflowId);
        if (own.length === 0) clean.add(run.runId);
        for (const { workflowId, runRef, by } of own) {
          const subject = { environment, name: run.name };
          const owner = { workflowId, runRef, step: 0 };
          left.push({ environment, subject, owner, ...(by !== undefined && { by }) });
        }
      }
    }
    return left;
  };
}
