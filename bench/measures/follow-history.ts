import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** The events of an open run from the first, each as soon as it happens, without polling. */
export async function* followHistory(
  { workflowService, options }: Client,
  workflowId: string,
): AsyncGenerator<HistoryEvent, void> {
  let nextPageToken: Uint8Array | undefined;
  do {
    const response = await workflowService.getWorkflowExecutionHistory({
      namespace: options.namespace,
      execution: { workflowId },
      waitNewEvent: true,
      ...(nextPageToken !== undefined && { nextPageToken }),
    });
    yield* response.history?.events ?? [];
    ({ nextPageToken } = response);
  } while (nextPageToken.length > 0);
}
