import type { ExpectedClaim } from '../names.ts';
import type { WorkStatus } from '../objects.ts';
import { judgeWork } from './judge-work.ts';
import { claimsWithout, type VolumeData } from './volume-data.ts';

interface Ended {
  status: WorkStatus;
  volumes: readonly VolumeData[];
  /** Absent: nobody has written down what it was to have. */
  expected: readonly ExpectedClaim[] | undefined;
}

/** Every reason why a backup that has ended is no set to restore from; empty: it is one. */
export function judgeBackup({ status, volumes, expected }: Ended): string[] {
  const without = claimsWithout(expected ?? [], volumes);
  return [
    ...judgeWork(status, volumes),
    ...(volumes.length === 0 ? ['it has the data of no volume'] : []),
    ...(volumes.length === 0
      ? []
      : without.map(({ claim }) => `the data of claim ${claim} is not in it`)),
  ];
}
