import type { BlastRadius } from '../../specs/chaos/target.ts';

export interface Radius {
  blastRadius: BlastRadius;
  /** The largest share of all candidates that may be hit. */
  mostOfTarget: number;
}

/** Of a percentage, rounded down, but never nobody. */
export function countOf(blastRadius: BlastRadius, candidates: number): number {
  if ('count' in blastRadius) return blastRadius.count;
  return Math.max(1, Math.floor(blastRadius.percent * candidates));
}

/** Why so many must not be hit at once; undefined where they may. */
export function refuseRadius(
  { blastRadius, mostOfTarget }: Radius,
  candidates: number,
): string | undefined {
  const count = countOf(blastRadius, candidates);
  if (count > candidates) return `${count} are to be hit, and there are ${candidates}`;
  if (count <= mostOfTarget * candidates) return undefined;
  const share = Math.round((100 * count) / candidates);
  const most = Math.round(100 * mostOfTarget);
  return `${count} of ${candidates} would be hit, which is ${share}% of the target, more than ${most}%; write mostOfTarget: ${share}% if that is meant`;
}

/** So many of them, each as likely as any other. `random` is from 0 up to 1. */
export function chooseTargets<Candidate>(
  candidates: readonly Candidate[],
  count: number,
  random: () => number,
): Candidate[] {
  const left = [...candidates];
  const chosen: Candidate[] = [];
  while (chosen.length < count && left.length > 0) {
    chosen.push(...left.splice(Math.floor(random() * left.length), 1));
  }
  return chosen;
}
