import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import type { Config } from '../../config/config.ts';
import type { Environment } from '../../config/load-config.ts';
import { tracing } from '../telemetry/tracing.ts';
import { findEndpoint } from './endpoint.ts';
import { EncryptionCodec } from './payload-codec.ts';
import { PayloadKeys, type PayloadKeysOptions } from './payload-keys.ts';
import { findTlsTrouble } from './tls-trouble.ts';
import { TemporalUnreachable } from './unreachable.ts';

const connectTimeoutMs = { settings: 10_000, up: 3_000, default: 3_000 } as const;

/** A client whose connection also gives access to the operator's API. */
export type ConnectedClient = Client & { readonly connection: Connection };

type ConnectionSettings = Pick<Config, 'home' | 'payloadKeysFile'>;

/**
 * For commands. Close it with `client.connection.close()`. Throws TemporalUnreachable, and
 * InvalidConfig where the payload keys cannot be used.
 */
export async function connectClient(
  config: ConnectionSettings,
  env: Environment = process.env,
): Promise<ConnectedClient> {
  const dataConverter = openPayloads(config);
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
    const traced = tracing();
    const client = new Client({
      connection,
      namespace: endpoint.namespace,
      dataConverter,
      ...(traced && { interceptors: { workflow: [traced.client] } }),
    });
    return Object.assign(client, { connection });
  } catch (error) {
    throw new TemporalUnreachable(endpoint, error, await findTlsTrouble(endpoint));
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
  // Imported only here, because the native core would slow down the start of every command.
  const { NativeConnection } = await import('@temporalio/worker');
  try {
    const connection = await NativeConnection.connect(endpoint.connectionOptions);
    return { connection, namespace: endpoint.namespace };
  } catch (error) {
    throw new TemporalUnreachable(endpoint, error, await findTlsTrouble(endpoint));
  }
}

/**
 * How payloads are read and written. Without keys, nothing is encrypted, and reading an encrypted payload
 * fails with the reason. Throws InvalidConfig.
 */
export function openPayloads(
  { payloadKeysFile }: Pick<Config, 'payloadKeysFile'>,
  onProblem?: PayloadKeysOptions['onProblem'],
): DataConverter {
  const keys = new PayloadKeys({
    ...(payloadKeysFile !== undefined && { file: payloadKeysFile }),
    ...(onProblem !== undefined && { onProblem }),
  });
  return { payloadCodecs: [new EncryptionCodec(keys)] };
}
