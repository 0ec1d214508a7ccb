/** How people call a kind of rollout, and the two releases in it. */
import type { Track } from '../../contracts/rollouts/traffic.ts';
import type { ReportedKind } from '../../contracts/rollouts/report.ts';

export function kindName(kind: ReportedKind): string {
  return kind === 'blueGreen' ? 'blue-green' : kind;
}

/** The new release beside the live one is green in a blue-green deployment. */
export function trackName(track: Track, kind: ReportedKind): string {
  return kind === 'blueGreen' && track === 'canary' ? 'green' : track;
}

/** No canary runs: the release changes in stable itself. */
export function isInPlace(kind: ReportedKind): boolean {
  return kind === 'rolling' || kind === 'recreate';
}
