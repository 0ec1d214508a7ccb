import { backupsSection, judgePlaces } from './backups/agent-schema.ts';
import type { BackupSettings, PostgresClusterSettings } from './backups/agent-settings.ts';
import { chaosSection, judgeProxies } from './chaos/agent-schema.ts';
import type { ChaosSettings, FaultyProxy } from './chaos/agent-settings.ts';
import { resolveAgent, type AgentResolution } from './kernel/agent-resolve.ts';
import type { AgentSettings } from './kernel/agent.ts';
import { clustersSection } from './kernel/cluster-schema.ts';
import type { ClusterSettings } from './kernel/clusters.ts';
import { routersSection } from './kernel/router-schema.ts';
import type { RouterSettings } from './kernel/routers.ts';

/** All that an agent may do on its host. */
export interface HostSettings extends AgentSettings {
  clusters: readonly ClusterSettings[];
  routers: readonly RouterSettings[];
  /** Absent: it backs nothing up. */
  backups?: BackupSettings;
  /** Absent: no experiment does anything here. */
  chaos?: ChaosSettings;
}

type Resolved = Extract<AgentResolution, { ok: true }>;
type Refused = Exclude<AgentResolution, Resolved>;

/** What a settings file says, the sections of all families included, or every problem that it has. */
export function resolveHostSettings(
  text: string,
  name?: string,
): (Pick<Resolved, 'ok' | 'lineOf'> & { settings: HostSettings }) | Refused {
  const resolution = resolveAgent(text, {
    ...{ name, judge: (given) => [...judgePlaces(given), ...judgeProxies(given)] },
    sections: {
      ...{ clusters: clustersSection, routers: routersSection },
      ...{ backups: backupsSection, chaos: chaosSection },
    },
  });
  if (!resolution.ok) return resolution;
  const { settings, sections, lineOf } = resolution;
  // The sections resolve to nothing else.
  const clusters = sections['clusters'] as ClusterSettings[];
  const routers = sections['routers'] as RouterSettings[];
  const backups = backupsOf(clusters, sections['backups'] as typeof nothing | undefined);
  const chaos = sections['chaos'] as ChaosSettings | undefined;
  return {
    ok: true,
    lineOf,
    settings: {
      ...{ ...settings, clusters, routers },
      ...(backups && { backups }),
      ...(chaos && { chaos: { ...chaos, proxies: proxiesOf(chaos, settings) } }),
    },
  };
}

/** With how long their probes wait. */
function proxiesOf({ proxies }: ChaosSettings, { probes }: AgentSettings): FaultyProxy[] {
  return proxies.map((proxy) => ({
    ...proxy,
    probeTimeoutMs: probes.find(({ name }) => name === proxy.probe)?.timeoutMs ?? 0,
  }));
}

const nothing: Omit<BackupSettings, 'clusters'> = { repositories: [], paths: [] };

function backupsOf(
  clusters: readonly ClusterSettings[],
  written: typeof nothing | undefined,
): BackupSettings | undefined {
  const backedUp = clusters.filter(isBackedUp);
  if (written === undefined && clusters.length === 0) return undefined;
  return {
    ...(written ?? nothing),
    clusters: backedUp,
    clustersWithout: clusters.filter((each) => !isBackedUp(each)).map(({ name }) => name),
  };
}

function isBackedUp(cluster: ClusterSettings): cluster is PostgresClusterSettings {
  return cluster.pgbackrest !== undefined;
}
