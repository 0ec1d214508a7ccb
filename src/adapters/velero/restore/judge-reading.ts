import type { VolumeData } from '../judge/volume-data.ts';
import type { ExpectedClaim } from '../names.ts';

/** A pod that has read a claim, or that was to. */
export interface Reading {
  /** `NAMESPACE/NAME`, as it is called in the copy. */
  claim: string;
  phase: string;
  /** What its program has left; or why it does not run. */
  message: string;
  /** What the set has of the claim; absent: it is not known by claims. */
  storedBytes?: number;
}

/** Every reason why the claims of a copy were not read; and what was. */
export function judgeReadings(readings: readonly Reading[]): { problems: string[]; bytes: number } {
  const judged = readings.map((reading) => ({ ...reading, bytes: bytesOf(reading) }));
  return {
    problems: judged.flatMap(({ claim, phase, message, bytes, storedBytes = 0 }) => {
      const why = message === '' ? '' : `: ${message}`;
      if (bytes === undefined) return [`claim ${claim} was not read, its reader is ${phase}${why}`];
      return bytes === 0 && storedBytes > 0
        ? [`claim ${claim} has no byte in it, and its set has ${storedBytes}`]
        : [];
    }),
    bytes: judged.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
  };
}

function bytesOf({ phase, message }: Reading): number | undefined {
  return phase === 'Succeeded' && /^\d+$/.test(message.trim()) ? Number(message) : undefined;
}

/** By claims of the set. */
export function storedBytesOf(
  { claim, uid }: ExpectedClaim,
  stored: readonly VolumeData[],
): number | undefined {
  return stored.find((volume) => {
    const of = volume.claim;
    return of !== undefined && ('uid' in of ? of.uid === uid : of.name === claim);
  })?.bytes;
}
