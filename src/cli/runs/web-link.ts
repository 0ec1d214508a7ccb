import { findEndpoint } from '../../adapters/temporal/endpoint.ts';
import { readRunningServer } from '../../adapters/temporal/running-server.ts';
import type { Config } from '../../config/config.ts';

type AddressOfRun = (run: { workflowId: string; runId: string }) => string | undefined;

/** The run's page in Temporal's Web UI, where that is known: for the server that `belay up` runs. */
export async function webLink(
  config: Config,
  run: { workflowId: string; runId: string },
): Promise<string | undefined> {
  return (await webLinks(config))(run);
}

/** The same for many runs. */
export async function webLinks(config: Config): Promise<AddressOfRun> {
  const { source, namespace } = await findEndpoint(config);
  const server = source === 'up' ? await readRunningServer(config.home) : undefined;
  if (!server) return () => undefined;
  return ({ workflowId, runId }) => {
    const path = [namespace, 'workflows', workflowId, runId].map(encodeURIComponent);
    return `${server.uiUrl}/namespaces/${path.join('/')}`;
  };
}
