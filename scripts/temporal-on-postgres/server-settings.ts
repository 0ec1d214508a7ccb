import { stringify } from 'yaml';
import type { Database } from './database.ts';

const services = ['frontend', 'history', 'matching', 'worker'] as const;
type Service = (typeof services)[number];

/** The ports of one server process, by service. */
export type ServerPorts = Record<Service, { grpc: number; membership: number }>;

export async function choosePorts(
  free: () => Promise<number>,
  freeForMembership: () => Promise<number>,
): Promise<ServerPorts> {
  const chosen: Partial<ServerPorts> = {};
  for (const service of services) {
    chosen[service] = { grpc: await free(), membership: await freeForMembership() };
  }
  return chosen as ServerPorts;
}

/**
 * A complete server: all four services in one process. The servers of one database find each other
 * through it. All other settings are the server's defaults.
 */
export function serverSettings(database: Database, ports: ServerPorts, dynamic: string): string {
  return stringify({
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: 16,
      datastores: {
        default: { sql: store(database, 'temporal', 40) },
        visibility: { sql: store(database, 'temporal_visibility', 10) },
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: Object.fromEntries(
      Object.entries(ports).map(([service, { grpc, membership }]) => [
        service,
        { rpc: { grpcPort: grpc, membershipPort: membership, bindOnIP: '127.0.0.1' } },
      ]),
    ),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `127.0.0.1:${ports.frontend.grpc}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamic, pollInterval: '10s' },
  });
}

function store({ port, user, password }: Database, databaseName: string, connections: number) {
  return {
    pluginName: 'postgres12',
    databaseName,
    connectAddr: `127.0.0.1:${port}`,
    connectProtocol: 'tcp',
    ...{ user, password },
    maxConns: connections,
    maxIdleConns: connections,
    maxConnLifetime: '1h',
  };
}
