import type { VolumeSource } from '../../../contracts/backups/source.ts';
import type { ExpectedClaim } from '../names.ts';
import type { ClaimObject, PodObject } from '../objects.ts';

export interface Mounted {
  /** The data of these has to be in a set. */
  expected: ExpectedClaim[];
  /** Nodes of the pods through which it is read. */
  nodes: string[];
  refusals: string[];
  remarks: string[];
}

/** How a claim is read by the file-system backup, which says nothing of those that it leaves out. */
interface Reading {
  claim: ClaimObject;
  running: PodObject[];
  pending: PodObject[];
  finished: PodObject[];
}

/** Of which claims the data can be had now, and why not that of the others. */
export function judgeClaims(
  { method, optional, secrets }: Pick<VolumeSource, 'method' | 'optional' | 'secrets'>,
  claims: readonly ClaimObject[],
  pods: readonly PodObject[],
): Mounted {
  const wanted = claims.filter((claim) => !optional.includes(titleOf(claim)));
  const unknown = optional.filter((name) => !claims.some((claim) => titleOf(claim) === name));
  const readings = wanted.map((claim) => readingOf(claim, pods));
  const isRead = method === 'fileSystem';
  const unread = readings.flatMap((reading) =>
    isRead ? refuseReading(reading) : refuseUnbound(reading),
  );
  const carriers = readings.flatMap(({ running }) => running);
  return {
    expected: wanted.map((claim) => ({ claim: titleOf(claim), uid: claim.metadata.uid ?? '' })),
    nodes: isRead ? [...new Set(carriers.flatMap(({ spec }) => spec?.nodeName ?? []))].sort() : [],
    refusals: [
      ...(wanted.length === 0
        ? [
            'there is no claim whose data is to be kept: see the namespaces, the labels and optional',
          ]
        : []),
      ...unread,
      ...(secrets ? [] : refuseSecrets(carriers)),
    ],
    remarks: [
      `the data of ${wanted.length} claims is kept`,
      ...unknown.map((name) => `${name}, which is optional, is not there`),
    ],
  };
}

function readingOf(claim: ClaimObject, pods: readonly PodObject[]): Reading {
  const { namespace, name } = claim.metadata;
  const mounting = pods.filter(
    ({ metadata, spec }) =>
      metadata.namespace === namespace &&
      (spec?.volumes ?? []).some((each) => each.persistentVolumeClaim?.claimName === name),
  );
  const inPhase = (...phases: string[]) =>
    mounting.filter(({ status }) => phases.includes(status?.phase ?? 'Pending'));
  return {
    ...{ claim, running: inPhase('Running'), pending: inPhase('Pending', 'Unknown') },
    finished: inPhase('Succeeded', 'Failed'),
  };
}

function refuseReading({ claim, running, pending, finished }: Reading): string[] {
  const title = titleOf(claim);
  if (claim.spec?.volumeMode === 'Block') {
    return [`claim ${title} is a block device, which has no files: write method: snapshot`];
  }
  if (running.length > 0) return [];
  const [waiting] = pending;
  const why =
    waiting === undefined
      ? finished.length === 0
        ? 'no pod mounts it'
        : `only pods that have ended mount it (${finished.map(({ metadata }) => metadata.name).join(', ')})`
      : `pod ${waiting.metadata.name}, which mounts it, does not run`;
  return [
    `claim ${title} cannot be read: ${why}. Velero would leave it out and say nothing: start a pod that mounts it, write it under optional, or write method: snapshot`,
  ];
}

function refuseUnbound({ claim }: Reading): string[] {
  const { phase = 'Pending' } = claim.status ?? {};
  if (phase === 'Bound') return [];
  return [`claim ${titleOf(claim)} is ${phase}, and has no data: write it under optional`];
}

/** A restored pod that lacks a Secret never starts, and Velero restores through it. */
function refuseSecrets(carriers: readonly PodObject[]): string[] {
  return [...new Set(carriers)].flatMap((pod) => {
    const needed = secretsOf(pod);
    if (needed.length === 0) return [];
    const { namespace = '', name } = pod.metadata;
    const which = needed.length === 1 ? 'Secret' : 'Secrets';
    return [
      `pod ${namespace}/${name} needs ${which} ${needed.join(', ')}, and no restore through it would end without: write secrets: true`,
    ];
  });
}

function secretsOf({ spec }: PodObject): string[] {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  const references = [
    ...containers.flatMap(({ env }) => env ?? []).map(({ valueFrom }) => valueFrom?.secretKeyRef),
    ...containers.flatMap(({ envFrom }) => envFrom ?? []).map(({ secretRef }) => secretRef),
    ...(spec?.volumes ?? []).map(
      ({ secret }) => secret && { name: secret.secretName, optional: secret.optional },
    ),
  ];
  const names = references.flatMap((each) =>
    each?.name === undefined || each.optional === true ? [] : [each.name],
  );
  return [...new Set(names)].sort();
}

function titleOf({ metadata: { namespace = '', name } }: ClaimObject): string {
  return `${namespace}/${name}`;
}
