import type { TrackState } from '../../contracts/rollouts/platform.ts';

export function isFullyReady(track: TrackState | undefined, wanted: number): boolean {
  if (track?.wanted !== wanted) return false;
  return track.replicas.filter(({ ready }) => ready).length >= wanted;
}

/** How many replicas are ready, and what keeps the others from it. */
export function describeTrouble(track: TrackState | undefined, wanted: number): string {
  if (track === undefined) return 'it does not exist';
  const ready = track.replicas.filter((replica) => replica.ready).length;
  const troubles = track.replicas.flatMap(({ name, ready: isReady, trouble }) =>
    isReady || trouble === undefined ? [] : [`${name}: ${trouble}`],
  );
  const ownTrouble = track.trouble === undefined ? [] : [track.trouble];
  const absent = wanted - track.replicas.length;
  const waits = [
    ...(track.wanted === wanted ? [] : [`someone scaled it to ${track.wanted}`]),
    ...(absent > 0 && ownTrouble.length === 0 ? [`${absent} not created yet`] : []),
  ];
  return [`${ready} of ${wanted} replicas ready`, ...ownTrouble, ...troubles, ...waits].join('; ');
}
