import type { WorkerOptions } from '@temporalio/worker';
import type { Config } from '../src/config/config.ts';

/**
 * What a rollout has begun it ends in the same version, so both queues carry it: acts and watches
 * of a pinned workflow go only to pollers of its own version.
 */
export function versionOfWorkers({
  workerDeployment,
}: Pick<Config, 'workerDeployment'>): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (workerDeployment === undefined) return {};
  const { name: deploymentName, buildId } = workerDeployment;
  return {
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName, buildId },
      defaultVersioningBehavior: 'PINNED',
    },
  };
}
