import { marksOf, type ExpectedClaim } from '../names.ts';
import type { BackupObject, DataMoveObject, DataStatus, PodVolumeObject } from '../objects.ts';

/** The data of one volume, as one object of Velero says what became of it. */
export interface VolumeData {
  /** For people. */
  title: string;
  /** Absent: the volume is of no claim. */
  claim?: { uid: string } | { name: string };
  phase: string;
  message: string;
  /** Velero stores nothing of a volume that is empty, and restores nothing of it. */
  isEmpty: boolean;
  bytes: number;
  bytesDone: number;
  storedBytes?: number;
  node?: string;
}

/** Of a PodVolumeBackup or a PodVolumeRestore. */
export function ofPodVolume({ kind, metadata, spec, status }: PodVolumeObject): VolumeData {
  const { namespace = '', name = '' } = spec?.pod ?? {};
  const uid = metadata.labels?.['velero.io/pvc-uid'];
  const node = spec?.node ?? status?.node;
  return {
    title: `volume ${spec?.volume ?? ''} of pod ${namespace}/${name}`,
    ...(uid !== undefined && { claim: { uid } }),
    ...dataOf(status, kind === 'PodVolumeBackup'),
    ...(node !== undefined && node !== '' && { node }),
  };
}

/** Of a DataUpload or a DataDownload. */
export function ofDataMove({ kind, spec, status }: DataMoveObject): VolumeData {
  const isUpload = kind === 'DataUpload';
  const target = spec?.targetVolume;
  const namespace = (isUpload ? spec?.sourceNamespace : target?.namespace) ?? '';
  const name = `${namespace}/${(isUpload ? spec?.sourcePVC : target?.pvc) ?? ''}`;
  return { title: `claim ${name}`, claim: { name }, ...dataOf(status, isUpload) };
}

function dataOf(status: DataStatus | undefined, isBackup: boolean) {
  const { phase, message = '', progress, incrementalBytes, snapshotID } = status ?? {};
  const bytes = progress?.totalBytes ?? 0;
  return {
    phase: phase === undefined || phase === '' ? 'New' : phase,
    ...{ message, bytes, bytesDone: progress?.bytesDone ?? 0 },
    isEmpty: isBackup && phase === 'Completed' && (snapshotID ?? '') === '',
    ...(incrementalBytes !== undefined && { storedBytes: incrementalBytes }),
  };
}

/** Velero counts on for as long as it has not said how it ended. */
export function isOver({ phase }: VolumeData): boolean {
  return ['Completed', 'Failed', 'Canceled'].includes(phase);
}

export function isWhole({ phase, isEmpty, bytes, bytesDone }: VolumeData): boolean {
  return phase === 'Completed' && (isEmpty || bytesDone >= bytes);
}

export function describeData(data: VolumeData): string {
  const { title, phase, message, bytes, bytesDone, node } = data;
  const where = node === undefined ? '' : ` on ${node}`;
  const why = message === '' ? '' : `: ${message}`;
  const part = phase === 'Completed' && !isWhole(data) ? `, ${bytesDone} of ${bytes} bytes` : '';
  return `${title} is ${phase}${where}${part}${why}`;
}

/** Claims that none of these is about: Velero may skip a volume and say nothing. */
export function claimsWithout(
  expected: readonly ExpectedClaim[],
  volumes: readonly VolumeData[],
): ExpectedClaim[] {
  const known = new Set(
    volumes.flatMap(({ claim }) =>
      claim === undefined ? [] : ['uid' in claim ? claim.uid : claim.name],
    ),
  );
  return expected.filter(({ claim, uid }) => !known.has(uid) && !known.has(claim));
}

/** What the set was to have; of others' sets that is not known. */
export function expectedOf(backup: BackupObject): readonly ExpectedClaim[] | undefined {
  return marksOf(backup).claims;
}
