import type { WorkflowExecutionDescription } from '@temporalio/client';
import proto from '@temporalio/proto';

const { VersioningBehavior } = proto.temporal.api.enums.v1;

/** The version of workers that alone goes on with a run, as `name:build`; undefined where any may. */
function pinnedVersion({ raw }: WorkflowExecutionDescription): string | undefined {
  const info = raw.workflowExecutionInfo?.versioningInfo;
  const override = info?.versioningOverride;
  const isPinned = info?.behavior === VersioningBehavior.VERSIONING_BEHAVIOR_PINNED;
  const version =
    override?.pinned?.version ??
    (isPinned && !override?.autoUpgrade ? info.deploymentVersion : undefined);
  return version ? `${version.deploymentName}:${version.buildId}` : undefined;
}

/** What is missing for a rollout that nobody answers for, and what to do. */
export function missingWorker(run: WorkflowExecutionDescription): string {
  const version = pinnedVersion(run);
  if (version === undefined) return 'no worker answers for it. Start one with: belay worker';
  return (
    `no worker of ${version}, the version it belongs to, answers for it. Start that version again, ` +
    'or move the rollout to another: docs/operations.md, Upgrading'
  );
}
