import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { AnalysisActivities, HoldProgress } from '../../contracts/hold.ts';
import type { RolloutStatus } from '../../contracts/status.ts';

const watchActivity: keyof AnalysisActivities = 'watchHold';

/**
 * The status with what the open hold has measured by its watch's last heartbeat. The workflow
 * itself learns of it only when the watch ends.
 */
export function withHoldProgress(
  status: RolloutStatus,
  run: WorkflowExecutionDescription,
): RolloutStatus {
  const progress = progressOf(run);
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

function progressOf({ raw }: WorkflowExecutionDescription): HoldProgress | undefined {
  const watch = raw.pendingActivities?.find(
    ({ activityType }) => activityType?.name === watchActivity,
  );
  const [payload] = watch?.heartbeatDetails?.payloads ?? [];
  return payload && defaultPayloadConverter.fromPayload<HoldProgress>(payload);
}
