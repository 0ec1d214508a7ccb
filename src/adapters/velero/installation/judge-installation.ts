import type { LocationObject, PodObject } from '../objects.ts';

/** The oldest that moves the data of snapshots, and says of each volume what became of it. */
const oldest = [1, 12] as const;

export interface Installation {
  namespace: string;
  /** Kinds of objects that the cluster does not have. */
  missing: readonly string[];
  /** What the server answered; absent: nothing, within so many seconds. */
  version?: string | undefined;
  askedForS: number;
  /** Of the Deployment; absent where no Deployment has that name. */
  ready?: { replicas: number; of: number } | undefined;
  /** Of the node agent. */
  agents: readonly PodObject[];
  /** By the names that the plan gives. */
  locations: ReadonlyMap<string, LocationObject | undefined>;
}

/** Every reason why this Velero can make no backup now. */
export function judgeInstallation(found: Installation, nodes: readonly string[]): string[] {
  const { namespace, missing } = found;
  if (missing.length > 0) {
    return [
      `the cluster has no ${missing.join(', ')} of velero.io: install Velero ${oldest.join('.')} or later`,
    ];
  }
  return [
    ...judgeServer(found),
    ...judgeNodes(found, nodes),
    ...[...found.locations].flatMap(([name, location]) => judgeLocation(name, location, namespace)),
  ];
}

function judgeServer({ namespace, version, askedForS, ready }: Installation): string[] {
  if (version === undefined) {
    const seen =
      ready === undefined
        ? `there is no Deployment ${namespace}/velero`
        : `Deployment ${namespace}/velero has ${ready.replicas} of ${ready.of} pods ready`;
    return [`Velero did not answer in namespace ${namespace} within ${askedForS} s: ${seen}`];
  }
  return isOld(version) ? [`Velero is ${version}; ${oldest.join('.')} or later is needed`] : [];
}

function judgeNodes({ namespace, agents }: Installation, nodes: readonly string[]): string[] {
  const served = agents.filter(isReady).map(({ spec }) => spec?.nodeName);
  return nodes
    .filter((node) => !served.includes(node))
    .map(
      (node) =>
        `no node agent of Velero is ready on node ${node}, where volumes are read: see DaemonSet ${namespace}/node-agent`,
    );
}

/** Why nothing can be stored there, or removed from there. */
export function judgeLocation(
  name: string,
  location: LocationObject | undefined,
  namespace: string,
): string[] {
  if (location === undefined) return [`there is no storage location ${namespace}/${name}`];
  const { phase = 'not validated yet', message } = location.status ?? {};
  const why = message === undefined || message === '' ? '' : `: ${message}`;
  return [
    ...(phase === 'Available' ? [] : [`storage location ${name} is ${phase}${why}`]),
    ...(location.spec?.accessMode === 'ReadOnly' ? [`storage location ${name} is read-only`] : []),
  ];
}

function isReady({ status }: PodObject): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status: is }) => type === 'Ready' && is === 'True',
  );
}

/** What is no version, such as `main`, was built by whoever runs it. */
function isOld(version: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return false;
  const [given, least] = [Number(major), oldest[0]];
  return given < least || (given === least && Number(minor) < oldest[1]);
}
