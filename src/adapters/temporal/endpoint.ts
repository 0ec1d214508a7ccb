import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import type { Config } from '../../config/config.ts';
import { InvalidConfig, type Environment } from '../../config/load-config.ts';
import { readRunningServer } from './running-server.ts';

export interface TemporalEndpoint {
  address: string;
  namespace: string;
  /** The source of the address; `default` is localhost, if nothing else is configured. */
  source: 'settings' | 'up' | 'default';
  connectionOptions: NativeConnectionOptions;
}

/**
 * The server that commands and workers talk to: the one of the TEMPORAL_* settings or the profile
 * they choose, else the one of a running `belay up`, else localhost:7233.
 */
export async function findEndpoint(
  config: Pick<Config, 'home'>,
  env: Environment = process.env,
): Promise<TemporalEndpoint> {
  const settings = readSettings(env);
  const { address } = settings.connectionOptions;
  if (address !== undefined) {
    return { ...settings, address, namespace: settings.namespace ?? 'default', source: 'settings' };
  }
  const running = await readRunningServer(config.home);
  const found = running?.address ?? 'localhost:7233';
  return {
    address: found,
    namespace: settings.namespace ?? running?.namespace ?? 'default',
    source: running ? 'up' : 'default',
    connectionOptions: { ...settings.connectionOptions, address: found },
  };
}

function readSettings(env: Environment) {
  const set = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]));
  try {
    const profile = loadClientConfigProfile({ overrideEnvVars: Object.fromEntries(set) });
    const { clientCert, clientKey } = profile.tls ?? {};
    if ((clientCert === undefined) !== (clientKey === undefined)) {
      throw new Error(
        'a client certificate goes with its key: set both TEMPORAL_TLS_CLIENT_CERT_PATH (or _DATA) ' +
          'and TEMPORAL_TLS_CLIENT_KEY_PATH (or _DATA)',
      );
    }
    return toClientOptions(profile);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new InvalidConfig([{ variable: 'TEMPORAL_*', message }]);
  }
}
