import type { ClusterAddress } from '../../specs/recovery/cluster-address.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import type { PlaybookCluster } from '../playbooks/kubernetes/cluster.ts';
import { clusters } from './names.ts';

type Right = Parameters<PlaybookCluster['mayI']>[0];

/** Why the Cluster of this address cannot be worked on by this account; empty: it can. */
export async function checkAbilities(
  cluster: PlaybookCluster,
  { namespace }: ClusterAddress,
): Promise<{ refusals: string[]; mayAskServers: boolean }> {
  const { group, plural: resource } = clusters;
  const needed = [
    { verb: 'get', group, resource, namespace },
    { verb: 'patch', group, resource, subresource: 'status', namespace },
    { verb: 'list', group: '', resource: 'pods', namespace },
    { verb: 'list', group: 'discovery.k8s.io', resource: 'endpointslices', namespace },
  ];
  const asked = { verb: 'get', group: '', resource: 'pods', subresource: 'proxy', namespace };
  const [missing, mayAsk, ...refused] = await Promise.all([
    whyNoCrd(cluster),
    cluster.mayI(asked),
    ...needed.map((right) => whyNot(cluster, right)),
  ]);
  return {
    refusals: [missing, ...refused].filter((each) => each !== undefined),
    mayAskServers: mayAsk.allowed,
  };
}

async function whyNot(cluster: PlaybookCluster, right: Right): Promise<string | undefined> {
  const { allowed, reason } = await cluster.mayI(right);
  if (allowed) return undefined;
  const { verb, group, resource, subresource, namespace } = right;
  const of = group === '' ? '' : `.${group}`;
  const what = `${resource}${of}${subresource === undefined ? '' : `/${subresource}`}`;
  const why = reason === '' ? '' : ` (${reason})`;
  return `the account of this worker may not ${verb} ${what} in namespace ${namespace}${why}`;
}

/** The only version that CloudNativePG has had. */
async function whyNoCrd(cluster: PlaybookCluster): Promise<string | undefined> {
  const { group, version } = clusters;
  const call = { method: 'GET', path: `/apis/${group}`, what: `read the versions of ${group}` };
  try {
    const answer = await cluster.ask({ ...call, method: 'GET' });
    const { versions = [] } = answer as { versions?: { version: string }[] };
    const served = versions.map((each) => each.version);
    if (served.includes(version)) return undefined;
    return `the cluster has ${group} in ${served.join(', ') || 'no version'}, and Belay knows ${version}`;
  } catch (error) {
    const { cause } = error as Error;
    if (!(cause instanceof PlatformError) || cause.code !== 'not-found') throw error;
    return `the cluster has no ${group}/${version}: CloudNativePG is not installed there`;
  }
}
