import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';

export interface WorkflowStart {
  /** The arguments of the run's start. */
  input: unknown[];
  /** The identity of the client that started it; empty if it gave no identity. */
  identity: string;
}

/** How a run started, from its history. Throws WorkflowNotFoundError once the history is deleted. */
export async function readStart(
  client: Client,
  { workflowId, runId }: { workflowId: string; runId: string },
): Promise<WorkflowStart> {
  const { namespace, loadedDataConverter } = client.options;
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  return {
    input: await decodeArrayFromPayloads(loadedDataConverter, started?.input?.payloads),
    identity: started?.identity ?? '',
  };
}
