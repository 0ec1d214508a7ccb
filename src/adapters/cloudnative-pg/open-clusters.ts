import { PartError } from '../../contracts/kernel/part-error.ts';
import type {
  ExaminedCluster,
  Instance,
  PostgresClusterFacts,
  PostgresClusters,
  PrimaryAnswer,
  RequestPrimaryCall,
} from '../../contracts/recovery/postgres-cluster.ts';
import type { ClusterAddress } from '../../specs/recovery/cluster-address.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import { pathOfResource, type KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster, PlaybookClusters } from '../playbooks/kubernetes/cluster.ts';
import { resourceNamed } from '../playbooks/kubernetes/object-name.ts';
import { checkAbilities } from './check-abilities.ts';
import {
  clusterLabel,
  clusters as clusterResource,
  endpointSlices,
  serviceLabel,
} from './names.ts';
import { askServer } from './ask-server.ts';
import { promotionPatch } from './promotion-patch.ts';
import { readCluster, writeServiceOf } from './read-cluster.ts';

/** Clusters of CloudNativePG, by the API servers that a worker may talk to. */
export function openPostgresClusters(kubernetes: PlaybookClusters): PostgresClusters {
  const of = ({ context, namespace }: ClusterAddress) => kubernetes.of(context, namespace);
  return {
    examine: async (address) => examine(await of(address), address),
    look: async (address) => look(await of(address), address),
    request: async (call) => request(await of(call), call),
  };
}

async function examine(
  kubernetes: PlaybookCluster,
  address: ClusterAddress,
): Promise<ExaminedCluster> {
  const { refusals, mayAskServers } = await checkAbilities(kubernetes, address);
  if (refusals.length > 0) return { refusals, notes: [] };
  const { namespace, cluster: name } = address;
  const cluster = await getCluster(kubernetes, address);
  if (cluster === undefined) {
    const refusal = `there is no Cluster ${name} in namespace ${namespace}`;
    return { refusals: [refusal], notes: [] };
  }
  const labelSelector = `${clusterLabel}=${name},cnpg.io/podRole=instance`;
  const [slices, pods] = await Promise.all([
    listSlices(kubernetes, address, cluster),
    kubernetes.list(resourceNamed('pod'), namespace, { labelSelector }),
  ]);
  const facts = readCluster({ cluster, slices, pods, atMs: Date.now() });
  if (!mayAskServers) {
    const note = `no server was asked: the account of this worker may not get pods/proxy in namespace ${namespace}`;
    return { refusals: [], facts, notes: [note] };
  }
  const instances = await Promise.all(
    facts.instances.map(async (instance): Promise<Instance> => {
      const pod = pods.find(({ metadata }) => metadata.name === instance.name);
      return pod === undefined ? instance : { ...instance, ...(await askServer(kubernetes, pod)) };
    }),
  );
  return { refusals: [], facts: { ...facts, instances }, notes: [] };
}

async function look(
  kubernetes: PlaybookCluster,
  address: ClusterAddress,
): Promise<PostgresClusterFacts> {
  const cluster = await getCluster(kubernetes, address);
  if (cluster === undefined) {
    const { namespace, cluster: name } = address;
    throw new PartError(
      'refused',
      `there is no Cluster ${name} in namespace ${namespace} any more`,
    );
  }
  const slices = await listSlices(kubernetes, address, cluster);
  return readCluster({ cluster, slices, atMs: Date.now() });
}

/** The resourceVersion makes it a compare-and-set: an attempt that comes late finds another one. */
async function request(
  kubernetes: PlaybookCluster,
  { from, to, resourceVersion, ...address }: RequestPrimaryCall,
): Promise<PrimaryAnswer> {
  const present = await getCluster(kubernetes, address);
  const { currentPrimary, targetPrimary } = namesIn(present);
  if (targetPrimary === to || currentPrimary === to) {
    return { is: 'asked', said: `targetPrimary is ${targetPrimary ?? 'not set'} already` };
  }
  const version = present?.metadata['resourceVersion'];
  const { namespace, cluster } = address;
  if (present === undefined || version !== resourceVersion || targetPrimary !== from) {
    return { is: 'changed', said: `${namespace}/${cluster} was written since it was read` };
  }
  const patch = promotionPatch(present, { to, resourceVersion, atMs: Date.now() });
  try {
    await kubernetes.ask({
      ...{ method: 'PATCH', path: `${pathOf(address)}/status`, body: patch },
      ...{ query: { fieldManager: 'belay' }, contentType: 'application/merge-patch+json' },
      what: `make ${to} the targetPrimary of ${namespace}/${cluster}`,
    });
    return { is: 'asked', said: `targetPrimary was written: ${to}` };
  } catch (error) {
    if (codeOf(error) !== 'conflict') throw error;
    // Also where an earlier try has written it, and its answer was lost.
    const now = namesIn(await getCluster(kubernetes, address));
    if (now.targetPrimary === to || now.currentPrimary === to) {
      return { is: 'asked', said: `targetPrimary is ${to}` };
    }
    return { is: 'changed', said: `${namespace}/${cluster} was written since it was read` };
  }
}

function namesIn(cluster: KubernetesObject | undefined) {
  return (cluster?.['status'] ?? {}) as { currentPrimary?: string; targetPrimary?: string };
}

async function getCluster(
  kubernetes: PlaybookCluster,
  address: ClusterAddress,
): Promise<KubernetesObject | undefined> {
  const { namespace, cluster: name } = address;
  try {
    return await kubernetes.get({ resource: clusterResource, namespace, name });
  } catch (error) {
    if (codeOf(error) === 'not-found') return undefined;
    throw error;
  }
}

function listSlices(
  kubernetes: PlaybookCluster,
  { namespace }: ClusterAddress,
  cluster: KubernetesObject,
): Promise<KubernetesObject[]> {
  const labelSelector = `${serviceLabel}=${writeServiceOf(cluster)}`;
  return kubernetes.list(endpointSlices, namespace, { labelSelector });
}

function pathOf({ namespace, cluster }: ClusterAddress): string {
  return pathOfResource(clusterResource, namespace, cluster);
}

function codeOf(error: unknown): string | undefined {
  const { cause } = error as Error;
  return cause instanceof PlatformError ? cause.code : undefined;
}
