import type { Client } from '@temporalio/client';
import {
  attributesOfStart,
  searchAttributeNames,
} from '../../contracts/kernel/search-attributes.ts';
import type { VerbInput } from '../../contracts/kernel/messages.ts';
import { workflowIdOf } from '../../kinds/locks.ts';
import { recoveryKinds } from '../../kinds/recovery.ts';
import type { IncidentSpec } from '../../specs/recovery/incident.ts';
import { keywordPairs } from './keyword-pairs.ts';
import { readStart } from './read-start.ts';
import { signalOrStart } from './signal-or-start.ts';

export interface DeclarationOrder {
  spec: IncidentSpec;
  /** What the workflow is given: it resolves this itself. */
  asWritten: Readonly<Record<string, unknown>>;
  taskQueue: string;
  /** The same declaration again, with the same ID, counts once. */
  requestId: string;
  by: string;
  why?: string;
}

export interface DeclaredIncident {
  workflowId: string;
  runId: string;
  /** One of this name was open already. */
  joined: boolean;
}

/**
 * Declares an incident, or joins the open one of its name: in one request, so that of two at the same
 * moment one starts it. Durable when it returns, with or without a worker.
 */
export async function declareIncident(
  client: Client,
  { spec, asWritten, taskQueue, requestId, by, why }: DeclarationOrder,
): Promise<DeclaredIncident> {
  const { kind, workflowType } = recoveryKinds.incident;
  const subject = { environment: spec.environment, name: spec.incident };
  const workflowId = workflowIdOf(recoveryKinds.incident, subject);
  const reason = why === undefined ? {} : { why };
  const declaration: VerbInput = {
    ...{ by, ...reason },
    with: {
      ...{ summary: spec.summary, request: requestId },
      ...(spec.isSeverityUnsure ? {} : { severity: spec.severity }),
      ...(spec.alert !== undefined && { alert: spec.alert }),
      ...(spec.detectedAtMs !== undefined && {
        detectedAt: new Date(spec.detectedAtMs).toISOString(),
      }),
    },
  };
  const { signaledRunId: runId } = await signalOrStart(() =>
    client.workflow.signalWithStart(workflowType, {
      workflowId,
      taskQueue,
      args: [asWritten, { requestId, by, ...reason }],
      signal: 'declare',
      signalArgs: [declaration],
      typedSearchAttributes: keywordPairs({
        ...attributesOfStart(kind, subject),
        [searchAttributeNames.severity]: spec.severity,
      }),
      staticSummary: `${spec.severity} in ${spec.environment}: ${spec.summary}`.slice(0, 200),
      staticDetails: `Declared by ${by}. See it with \`belay incident show ${workflowId}\`.`,
    }),
  );
  const { input } = await readStart(client, { workflowId, runId });
  const startedBy = (input[1] as { requestId?: string } | undefined)?.requestId;
  return { workflowId, runId, joined: startedBy !== requestId };
}
