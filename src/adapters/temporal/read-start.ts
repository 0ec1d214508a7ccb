import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';

export interface WorkflowStart {
  /** The arguments that the run was started with. */
  input: unknown[];
  /** What the client that started it called itself; empty where nobody is named. */
  identity: string;
}

/** How a run began, as its history has it. Throws WorkflowNotFoundError once that is forgotten. */
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
