import type { Client } from '@temporalio/client';
import { searchAttributeNames } from '../../contracts/kernel/search-attributes.ts';
import { isOpen, runsQuery } from '../../kinds/list-query.ts';
import { recoveryKinds } from '../../kinds/recovery.ts';
import { listedRun } from './list-runs.ts';

/** An incident that is not closed, as Temporal's list has it, which may lag by a moment. */
export interface OpenIncident {
  workflowId: string;
  runId: string;
  environment: string;
  name: string;
  /** Empty where a worker has not taken it up yet. */
  severity: string;
  phase: string;
  startedAtMs: number;
}

/** Whether an incident is open: all of them, or those of an environment, or the one of this name in it. */
export async function listOpenIncidents(
  client: Client,
  { environment, name }: { environment?: string; name?: string } = {},
): Promise<OpenIncident[]> {
  const query = runsQuery(
    [recoveryKinds.incident],
    isOpen,
    ...(environment === undefined
      ? []
      : [`${searchAttributeNames.environment} = '${environment}'`]),
    ...(name === undefined ? [] : [`${searchAttributeNames.service} = '${name}'`]),
  );
  const found: OpenIncident[] = [];
  for await (const info of client.workflow.list({ query })) {
    const { workflowId, runId, environment: where, name: called, ...run } = listedRun(info);
    const { phase, startedAtMs, severity = '' } = run;
    found.push({
      ...{ workflowId, runId, environment: where, name: called },
      ...{ severity, phase, startedAtMs },
    });
  }
  return found;
}
