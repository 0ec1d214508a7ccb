import { isGrpcServiceError, type Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import { fail, messageOf, ok, warn, type Finding } from './finding.ts';

const grpcNotFound = 5;

/** Where workers are versioned: whether one of the versions takes up what is started. */
export async function checkWorkerVersion(
  client: Client,
  deployment: Config['workerDeployment'],
): Promise<Finding[]> {
  if (deployment === undefined) return [];
  const check = 'Worker version';
  const { name, buildId } = deployment;
  const makeCurrent =
    'Make one current: `belay temporal worker deployment set-current-version ' +
    `--deployment-name ${name} --build-id ${buildId}\`.`;
  try {
    const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
      namespace: client.options.namespace,
      deploymentName: name,
    });
    const current = workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId;
    if (!current) {
      return [
        fail(check, `no version of ${name} is current: new rollouts do not start`, makeCurrent),
      ];
    }
    if (current === buildId) return [ok(check, `${buildId} of ${name}, which is current`)];
    const problem = `${buildId} of ${name} is not current; new rollouts go to ${current}`;
    return [warn(check, problem, makeCurrent)];
  } catch (error) {
    if (isGrpcServiceError(error) && Number(error.code) === grpcNotFound) {
      const start = `Start a worker with BELAY_WORKER_DEPLOYMENT=${name}, then make it current.`;
      return [fail(check, `Temporal knows no worker deployment ${name}`, start)];
    }
    return [fail(check, messageOf(error), 'Check the rights of these settings.')];
  }
}
