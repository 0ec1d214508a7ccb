import { findEndpoint } from '../../adapters/temporal/endpoint.ts';
import { readRunningServer } from '../../adapters/temporal/running-server.ts';
import type { Config } from '../../config/config.ts';

/** The run's page in Temporal's Web UI, where that is known: for the server that `belay up` runs. */
export async function webLink(
  config: Config,
  run: { workflowId: string; runId: string },
): Promise<string | undefined> {
  const { source, namespace } = await findEndpoint(config);
  const server = source === 'up' ? await readRunningServer(config.home) : undefined;
  if (!server) return undefined;
  const path = [namespace, 'workflows', run.workflowId, run.runId].map(encodeURIComponent);
  return `${server.uiUrl}/namespaces/${path.join('/')}`;
}
