import type { WorkStatus } from '../objects.ts';
import { judgeWork } from './judge-work.ts';
import type { VolumeData } from './volume-data.ts';

interface Restored {
  status: WorkStatus;
  /** What Velero says that it has written. */
  volumes: readonly VolumeData[];
  /** Of the set that was restored. */
  stored: readonly VolumeData[];
  /** Of the set's claims, by the names they have now: the phase of each; undefined: it is not there. */
  claims: ReadonlyMap<string, string | undefined>;
}

/** Every reason why a restore that has ended has not brought back what its set has; empty: it has. */
export function judgeRestore({ status, volumes, stored, claims }: Restored): string[] {
  const withData = stored.filter(({ isEmpty }) => !isEmpty);
  const bytes = sumOf(withData);
  const unbound = [...claims].filter(([, phase]) => phase !== 'Bound');
  return [
    ...judgeWork(status, volumes),
    ...(volumes.length < withData.length
      ? [`the data of ${volumes.length} of ${withData.length} volumes was restored`]
      : []),
    ...(volumes.length >= withData.length && sumOf(volumes) < bytes
      ? [`${sumOf(volumes)} of ${bytes} bytes were restored`]
      : []),
    ...unbound.map(([claim, phase]) =>
      phase === undefined ? `claim ${claim} is not there` : `claim ${claim} is ${phase}`,
    ),
  ];
}

function sumOf(volumes: readonly VolumeData[]): number {
  return volumes.reduce((sum, { bytes }) => sum + bytes, 0);
}
