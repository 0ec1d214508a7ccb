import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { LoadedDataConverter } from '@temporalio/common';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { CommandProgress } from '../../contracts/kernel/agent.ts';
import type { RunStatus } from '../../contracts/kernel/run.ts';

/** The status with what its acts say by their last heartbeats, of which the run itself learns nothing. */
export async function withActProgress(
  status: RunStatus,
  { raw }: WorkflowExecutionDescription,
  converter: LoadedDataConverter,
): Promise<RunStatus> {
  const details: string[] = [];
  for (const { heartbeatDetails } of raw.pendingActivities ?? []) {
    const payloads = heartbeatDetails?.payloads ?? [];
    if (payloads.length === 0) continue;
    const progress = await decodeFromPayloadsAtIndex<unknown>(converter, 0, payloads);
    const { detail } = (progress ?? {}) as Partial<CommandProgress>;
    if (typeof detail === 'string') details.push(detail);
  }
  return details.length === 0 ? status : { ...status, now: [status.now, ...details].join('; ') };
}
