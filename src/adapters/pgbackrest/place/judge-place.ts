import { describeUnknownMounts } from '../../../processes/mounts.ts';
import type { InCharge } from '../../postgres/facts/in-charge.ts';

export interface PlaceEvidence {
  cluster: string;
  dataFolder: string;
  parent: string;
  user: string;
  /** Of its server; absent: nobody else is. */
  inCharge?: InCharge;
  /** The settings say how it is stopped and started. */
  hasService: boolean;
  /** `link`: the path of the data folder is a symbolic link. */
  data: 'folder' | 'link' | 'absent';
  isStandby: boolean;
  /** The old folder is to be kept beside the new one. */
  keep: boolean;
  /** What the restored one takes, in bytes. */
  bytes: number;
  /** Absent: nobody can say. */
  freeBytes?: number;
  mayRename: boolean;
  /** The data folder, or something in it, is a file system of its own; absent: nobody can say. */
  mounts?: readonly string[];
  /** What of the data folder is a symbolic link to somewhere else, such as `pg_wal`; absent: nobody can say. */
  links?: readonly string[];
  tablespaces: readonly string[];
}

/** The log that is replayed, and what the server writes meanwhile. */
const roomFactor = 1.1;

/** Every reason why a set cannot take the place of a database; empty: it can. */
export function judgePlace(evidence: PlaceEvidence): string[] {
  const { cluster, dataFolder, hasService, data, isStandby, keep, inCharge } = evidence;
  if (inCharge !== undefined) return [refuseManaged(cluster, inCharge)];
  const service = hasService
    ? []
    : [
        `the settings of the agent have no stop and start of cluster ${cluster}: without them it is not restored in place`,
      ];
  if (data === 'absent') return [...service, `there is no data folder ${dataFolder}`];
  const standby = isStandby
    ? [`${dataFolder} is of a standby (it has a standby.signal): restore its primary`]
    : [];
  return [...service, ...standby, ...(keep ? judgeKeeping(evidence) : [])];
}

function refuseManaged(cluster: string, { manager, why }: InCharge): string {
  const means =
    manager === 'Patroni'
      ? "bring that in by Patroni's own means (bootstrap, or a cluster of its own)"
      : 'bring that in by a new Cluster (bootstrap.recovery of CloudNativePG)';
  return `${manager} is in charge of cluster ${cluster} (${why}): it starts what is stopped, and its members would undo what takes the place of their leader. Restore beside it, and ${means}`;
}

/** What stands in the way of renaming the folders. */
function judgeKeeping(evidence: PlaceEvidence): string[] {
  const { dataFolder, parent, user, data, bytes, freeBytes, mayRename } = evidence;
  const { mounts, links, tablespaces } = evidence;
  const needed = Math.ceil(bytes * roomFactor);
  const reasons = [
    ...(data === 'link'
      ? [`${dataFolder} is a symbolic link: write where it leads as dataFolder`]
      : []),
    ...(mayRename ? [] : [`${user} may not rename folders in ${parent}`]),
    ...(mounts?.map((path) => `${path} is a file system of its own, which cannot be renamed`) ?? [
      describeUnknownMounts(dataFolder),
    ]),
    ...(links?.map((name) => `${name} of ${dataFolder} is a symbolic link to somewhere else`) ?? [
      `nobody can say what of ${dataFolder} is a symbolic link: it cannot be read`,
    ]),
    ...tablespaces.map((path) => `a tablespace is in ${path}, outside of ${dataFolder}`),
    ...judgeRoom(parent, { freeBytes, needed }),
  ];
  if (reasons.length === 0) return [];
  return [
    ...reasons,
    'without a safety copy (safetyCopy: false), the set is written over what is there',
  ];
}

function judgeRoom(
  parent: string,
  { freeBytes, needed }: { freeBytes: number | undefined; needed: number },
): string[] {
  const purpose = `${mib(needed)} are needed to keep what is there now`;
  if (freeBytes === undefined) return [`nobody can say what ${parent} has left, and ${purpose}`];
  return freeBytes >= needed ? [] : [`${parent} has ${mib(freeBytes)} left, and ${purpose}`];
}

function mib(bytes: number): string {
  return `${Math.floor(bytes / 1024 ** 2)} MiB`;
}
