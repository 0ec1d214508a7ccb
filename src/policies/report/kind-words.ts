/** How people call a kind of rollout, and the two releases in it. */
import type { Track } from '../../contracts/traffic.ts';
import type { SpecKind } from '../../specs/resolution.ts';

export function kindName(kind: SpecKind): string {
  return kind === 'blueGreen' ? 'blue-green' : kind;
}

/** The new release beside the live one is green in a blue-green deployment. */
export function trackName(track: Track, kind: SpecKind): string {
  return kind === 'blueGreen' && track === 'canary' ? 'green' : track;
}

/** No canary runs: the release changes in stable itself. */
export function isInPlace(kind: SpecKind): boolean {
  return kind === 'rolling' || kind === 'recreate';
}
