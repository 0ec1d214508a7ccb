import type { GuardOf } from '../../contracts/kernel/breakers.ts';
import type { ClusterApi } from './cluster-api.ts';
import { createClusterApi, type OwnedClusterApi } from './create-cluster-api.ts';
import { findAccess } from './kubeconfig.ts';
import type { RequestRate } from './request-limiter.ts';

export interface ClustersSettings extends RequestRate {
  /** Kubeconfig files, as in KUBECONFIG; absent: ~/.kube/config, or the cluster of this process. */
  kubeconfig?: string;
  /** The namespaces that Belay may watch; absent: all. */
  namespaces?: readonly string[];
}

/** The clusters that one process works on, each with one set of informers and one request rate. */
export interface Clusters {
  /** The cluster of this context, or of the current one. Throws a PlatformError `invalid`. */
  of(context: string | undefined): Promise<ClusterApi>;
  /** The clusters in use, by context. */
  inUse(): ReadonlyMap<string, Pick<OwnedClusterApi, 'readVersion'>>;
  /** Closes every watch and connection. */
  close(): void;
}

/** `version` is Belay's own; the audit log of every cluster shows it. */
export function createClusters(
  settings: ClustersSettings,
  version: string,
  guardOf?: GuardOf,
): Clusters {
  const byName = new Map<string, OwnedClusterApi>();
  const byContext = new Map<string | undefined, Promise<ClusterApi>>();

  const open = async (context: string | undefined): Promise<ClusterApi> => {
    const access = await findAccess(settings.kubeconfig, context);
    const { qps, burst, namespaces } = settings;
    const opened =
      byName.get(access.context) ??
      createClusterApi({
        ...{ access, version, namespaces },
        rate: { qps, burst },
        guard: guardOf?.(`kubernetes/${access.context}`),
      });
    byName.set(access.context, opened);
    return opened;
  };

  return {
    of: (context) => {
      const opening = byContext.get(context) ?? open(context);
      byContext.set(context, opening);
      opening.catch(() => byContext.delete(context));
      return opening;
    },
    inUse: () => byName,
    close: () => {
      for (const api of byName.values()) api.close();
      byName.clear();
      byContext.clear();
    },
  };
}
