import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createClusters, type Clusters } from '../src/adapters/kubernetes-api/clusters.ts';
import { createKubernetesPlatform } from '../src/adapters/kubernetes/kubernetes-platform.ts';
import { letUndosThrough } from '../src/adapters/breakers/let-undos-through.ts';
import {
  createLocalPlatform,
  type LocalPlatform,
} from '../src/adapters/local-platform/local-platform.ts';
import { locateLocalPlatform } from '../src/adapters/local-platform/locate.ts';
import { packageVersion } from '../src/config/package-version.ts';
import type { Config } from '../src/config/config.ts';
import type { GuardOf } from '../src/contracts/kernel/breakers.ts';
import type { Platform, Platforms } from '../src/contracts/rollouts/platform.ts';

export interface OpenPlatforms {
  platforms: Platforms;
  /** Every place that a spec may name, for the janitor. */
  swept: Readonly<Record<string, Platform>>;
  local: LocalPlatform;
  clusters: Clusters;
  /** Ends what they watch, which would keep a process that has drained from ending. */
  close(): void;
}

/**
 * `installation` tells this Belay from others that act on the same clusters. Nothing is opened
 * before a rollout, or the janitor where there is a cluster at all, asks for it.
 */
export function openPlatforms(
  config: Config,
  installation: string,
  guardOf: GuardOf,
): OpenPlatforms {
  const clusters = createClusters(config.kubernetes, packageVersion(), guardOf);
  const locate = locateLocalPlatform(config);
  const local = createLocalPlatform({ locate, guard: guardOf('local-platform') });
  const platforms = {
    local: letUndosThrough(local),
    kubernetes: letUndosThrough(createOnClusters(config, clusters, installation)),
  };
  return {
    platforms,
    swept: { local: platforms.local, ...sweptOnClusters(config, clusters, installation) },
    local,
    clusters,
    close: () => clusters.close(),
  };
}

function createOnClusters(
  { kubernetes }: Config,
  clusters: Clusters,
  installation: string,
): Platform {
  const { contexts, namespaces, patchScope } = kubernetes;
  return createKubernetesPlatform({
    ...{ clusters, installation, patchScope },
    places: { contexts, ...(namespaces && { namespaces }) },
  });
}

/** Each namespace of each context by itself: rights that are missing in one hide nothing in another. */
function sweptOnClusters(
  { kubernetes }: Config,
  clusters: Clusters,
  installation: string,
): Record<string, Platform> {
  const places = sweptContexts({ kubernetes }).flatMap((context) =>
    (kubernetes.namespaces ?? [undefined]).map((namespace) => ({ context, namespace })),
  );
  return Object.fromEntries(
    places.map((listed) => {
      const platform = createKubernetesPlatform({ clusters, installation, listed });
      const names = ['kubernetes', listed.context, listed.namespace];
      return [names.filter((name) => name !== undefined).join('/'), letUndosThrough(platform)];
    }),
  );
}

/** Every context that a spec may name, and the current one where there is a cluster at all. */
export function sweptContexts({ kubernetes }: Pick<Config, 'kubernetes'>): (string | undefined)[] {
  return [...(isClusterNear(kubernetes) ? [undefined] : []), ...kubernetes.contexts];
}

function isClusterNear({ kubeconfig }: Config['kubernetes']): boolean {
  if (kubeconfig !== undefined) return true;
  const inCluster = process.env['KUBERNETES_SERVICE_HOST'] !== undefined;
  return inCluster || existsSync(join(homedir(), '.kube', 'config'));
}
