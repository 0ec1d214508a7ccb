import { Client, Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Config } from '../../config/config.ts';
import type { Environment } from '../../config/load-config.ts';
import { findEndpoint } from './endpoint.ts';
import { TemporalUnreachable } from './unreachable.ts';

const connectTimeoutMs = { settings: 10_000, up: 3_000, default: 3_000 } as const;

/** A client whose connection also gives access to the operator's API. */
export type ConnectedClient = Client & { readonly connection: Connection };

/** For commands. Close it with `client.connection.close()`. Throws TemporalUnreachable. */
export async function connectClient(
  config: Pick<Config, 'home'>,
  env: Environment = process.env,
): Promise<ConnectedClient> {
  const endpoint = await findEndpoint(config, env);
  const { apiKey, metadata, tls } = endpoint.connectionOptions;
  try {
    const connection = await Connection.connect({
      address: endpoint.address,
      connectTimeout: connectTimeoutMs[endpoint.source],
      ...(apiKey !== undefined && { apiKey }),
      ...(metadata !== undefined && { metadata }),
      ...(tls !== undefined && { tls }),
    });
    return Object.assign(new Client({ connection, namespace: endpoint.namespace }), { connection });
  } catch (error) {
    throw new TemporalUnreachable(endpoint, error);
  }
}

export interface WorkerConnection {
  connection: NativeConnection;
  namespace: string;
}

/** For workers. Throws TemporalUnreachable. */
export async function connectWorker(
  config: Pick<Config, 'home'>,
  env: Environment = process.env,
): Promise<WorkerConnection> {
  const endpoint = await findEndpoint(config, env);
  // Only here: the native core would slow the start of every command.
  const { NativeConnection } = await import('@temporalio/worker');
  try {
    const connection = await NativeConnection.connect(endpoint.connectionOptions);
    return { connection, namespace: endpoint.namespace };
  } catch (error) {
    throw new TemporalUnreachable(endpoint, error);
  }
}
