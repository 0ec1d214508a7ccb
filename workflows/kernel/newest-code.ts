import type { WorkflowDefinitionOptions } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';

/**
 * For a workflow that outlives the version that started it: each of its tasks runs the newest code.
 * The server refuses what a worker without a version says about versions.
 */
export function newestCode(): WorkflowDefinitionOptions {
  const { deploymentName } = workflowInfo().currentDeploymentVersion ?? {};
  return deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {};
}
