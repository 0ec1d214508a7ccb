import type { Tally } from '../../contracts/objectives/tally.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';

/** The four parts of a time, which are exactly its length. */
export const partsOfTime = [
  { key: 'goodMs', name: 'good' },
  { key: 'badMs', name: 'bad' },
  { key: 'noDataMs', name: 'no data' },
  { key: 'excludedMs', name: 'excluded' },
] as const satisfies readonly { key: keyof Tally; name: string }[];

export type PartOfTime = (typeof partsOfTime)[number]['key'];

export function lengthOf(tally: Tally): number {
  return partsOfTime.reduce((sum, { key }) => sum + tally[key], 0);
}

/** `23h50m good, 10m bad`: the parts that are not empty. */
export function partsInWords(tally: Tally): string {
  const parts = partsOfTime.filter(({ key }) => tally[key] > 0);
  return parts.map(({ key, name }) => `${formatDuration(tally[key])} ${name}`).join(', ');
}

/** `99.95%`, rounded down, so that what is not whole never reads as whole. */
export function percentOf(share: number): string {
  const rounded = Math.floor(Number((share * 100_000).toPrecision(14))) / 1_000;
  return `${rounded}%`;
}
