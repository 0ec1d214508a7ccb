import { createBackupStoreActivities } from '../activities/backups/store.ts';
import { createHostFaultActivities } from '../activities/chaos/host-faults.ts';
import { createAgentActivities } from '../activities/kernel/agent.ts';
import { createDatabaseManagerActivities } from '../activities/recovery/database-manager.ts';
import { createDatabaseNodeActivities } from '../activities/recovery/database-node.ts';
import { createRouteActivities } from '../activities/recovery/routes.ts';
import { createSqlActivities } from '../activities/recovery/sql.ts';
import { openDatabaseNodes, type DatabaseNodes } from '../src/adapters/postgres/database-nodes.ts';
import { createStartKeeper } from '../src/adapters/postgres/lease/start-keeper.ts';
import { sqlServer } from '../src/adapters/postgres/statements/sql-server.ts';
import { createManagers } from '../src/adapters/patroni/create-managers.ts';
import { createStartPauseKeeper } from '../src/adapters/routers/pauses/keeper-job.ts';
import { createRouters } from '../src/adapters/routers/create-routers.ts';
import { describeBackups } from '../src/agent/backups/describe-backups.ts';
import { openBackups } from '../src/agent/backups/open-backups.ts';
import { describeChaos } from '../src/agent/chaos/describe-chaos.ts';
import type { ProtectedServers } from '../src/agent/chaos/network/protected-flows.ts';
import { openChaos } from '../src/agent/chaos/open-chaos.ts';
import { describeDatabases } from '../src/agent/databases/describe-databases.ts';
import { openManagers } from '../src/agent/databases/open-managers.ts';
import { openDatabases } from '../src/agent/databases/open-databases.ts';
import { describeRouters } from '../src/agent/routers/describe-routers.ts';
import { openRouters } from '../src/agent/routers/open-routers.ts';
import { describeSql } from '../src/agent/sql/describe-sql.ts';
import { openSql } from '../src/agent/sql/open-sql.ts';
import { openHost, type HostOptions } from '../src/agent/host.ts';
import type { ClientActivities } from '../src/contracts/backups/clients.ts';
import type { DatabasePlaceActivities } from '../src/contracts/backups/place.ts';
import type { BackupStoreActivities } from '../src/contracts/backups/store.ts';
import type { HostFaultActivities } from '../src/contracts/chaos/host-faults.ts';
import type { AgentActivities, AgentDescription } from '../src/contracts/kernel/agent.ts';
import type { DatabaseManagerActivities } from '../src/contracts/recovery/database-manager.ts';
import type { DatabaseNodeActivities } from '../src/contracts/recovery/database-node.ts';
import type { RouteActivities } from '../src/contracts/recovery/routes.ts';
import type { SqlActivities } from '../src/contracts/recovery/sql.ts';
import { ownProgram } from '../src/embedded/own-process.ts';
import type { HostSettings } from '../src/specs/agent-settings.ts';
import type { BackupSettings } from '../src/specs/backups/agent-settings.ts';
import { createBackupProviders } from './backup-providers.ts';

export interface OpenAgentHost {
  description: AgentDescription;
  activities: AgentActivities &
    BackupStoreActivities &
    DatabasePlaceActivities &
    DatabaseNodeActivities &
    DatabaseManagerActivities &
    RouteActivities &
    ClientActivities &
    SqlActivities &
    HostFaultActivities;
  takeUpLeases: DatabaseNodes['takeUpLeases'];
  /** What was started goes on. */
  close(): Promise<void>;
}

/** Everything in it is refused, with the reason. */
const nothing: BackupSettings = { clusters: [], repositories: [], paths: [] };

/** What an agent does on its host: its commands and probes, and the backups and databases of its host. */
export async function openAgentHost(
  options: HostOptions & { settings: HostSettings; servers: ProtectedServers },
): Promise<OpenAgentHost> {
  const { settings, onError, servers } = options;
  const { name, backups: written = nothing } = settings;
  const host = await openHost(options);
  const { tools } = host;
  try {
    const providers = createBackupProviders({
      ...{ tools, settings: written, stateFolder: settings.stateFolder },
    });
    const backups = await openBackups({
      agent: name,
      settings: written,
      tools,
      providers,
      onError,
    });
    const { clusters, routers, stateFolder } = settings;
    const nodes = await openDatabaseNodes({
      ...{ agent: name, clusters, tools, stateFolder, onError },
      startKeeper: createStartKeeper(ownProgram('workers/database-lease')),
    });
    const databases = openDatabases({
      ...{ agent: name, clusters, once: host.once },
      nodes: nodes.host,
    });
    const managers = openManagers({
      ...{ agent: name, clusters, once: host.once, managers: createManagers(clusters) },
    });
    const hosts = createRouters({
      ...{ routers, stateFolder, onError },
      startKeeper: createStartPauseKeeper(ownProgram('workers/route-pause')),
    });
    const routes = openRouters({
      ...{ agent: name, routers, once: host.once, hosts },
    });
    const sql = openSql({ ...{ agent: name, clusters, once: host.once }, server: sqlServer });
    const chaos = openChaos({
      ...{ agent: name, settings: settings.chaos, host, servers, stateFolder },
      program: ownProgram('src/agent/chaos/main'),
    });
    const more = {
      ...(await describeBackups(written, tools)),
      ...(await describeDatabases(name, clusters, databases, managers)),
      ...(await describeRouters(name, routers, routes)),
      ...describeSql(clusters),
      ...(await describeChaos(name, settings.chaos, { servers, stateFolder })),
    };
    const description = { ...host.description, ...(Object.keys(more).length > 0 && { more }) };
    return {
      description,
      activities: {
        ...createAgentActivities({ ...host, description }),
        ...createBackupStoreActivities(name, backups),
        ...createDatabaseNodeActivities(name, databases),
        ...createDatabaseManagerActivities(name, managers),
        ...createRouteActivities(name, routes),
        ...createSqlActivities(name, sql),
        ...createHostFaultActivities(name, chaos),
      },
      takeUpLeases: (wireOf) => nodes.takeUpLeases(wireOf),
      close: async () => {
        await nodes.close();
        await backups.close();
        await host.close();
      },
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}
