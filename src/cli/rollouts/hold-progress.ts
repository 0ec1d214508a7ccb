import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { LoadedDataConverter } from '@temporalio/common';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { AnalysisActivities, HoldProgress } from '../../contracts/rollouts/hold.ts';
import type { RolloutStatus } from '../../contracts/rollouts/status.ts';

const watchActivity: keyof AnalysisActivities = 'watchHold';

/**
 * The status with what the open hold has measured by its watch's last heartbeat. The workflow
 * itself learns of it only when the watch ends.
 */
export async function withHoldProgress(
  status: RolloutStatus,
  run: WorkflowExecutionDescription,
  converter: LoadedDataConverter,
): Promise<RolloutStatus> {
  const progress = await progressOf(run, converter);
  if (progress === undefined) return status;
  const { measurements, tallies, canaryRequests, canaryErrors } = progress;
  return {
    ...status,
    stages: status.stages.map((stage) =>
      stage.state === 'active'
        ? { ...stage, measurements, tallies, canaryRequests, canaryErrors }
        : stage,
    ),
  };
}

async function progressOf(
  { raw }: WorkflowExecutionDescription,
  converter: LoadedDataConverter,
): Promise<HoldProgress | undefined> {
  const watch = raw.pendingActivities?.find(
    ({ activityType }) => activityType?.name === watchActivity,
  );
  const payloads = watch?.heartbeatDetails?.payloads ?? [];
  return payloads.length === 0 ? undefined : decodeFromPayloadsAtIndex(converter, 0, payloads);
}
