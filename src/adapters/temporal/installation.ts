import type { NativeConnection } from '@temporalio/worker';

/**
 * Identifies the Belay that works in this namespace of this server: the same for all its workers and
 * after every restart. A workflow ID is unique only together with it.
 */
export async function nameInstallation(
  connection: Pick<NativeConnection, 'workflowService'>,
  namespace: string,
): Promise<string> {
  const { clusterId } = await connection.workflowService.getClusterInfo({});
  return `${clusterId}/${namespace}`;
}
