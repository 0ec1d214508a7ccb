import type { Reading } from '../../contracts/rollouts/metric-reader.ts';
import type { ServiceState, TrackState } from '../../contracts/rollouts/platform.ts';
import type { Track } from '../../contracts/rollouts/traffic.ts';
import type { ReplicaFact } from '../../specs/rollouts/metric-source.ts';

/** A fact of both tracks, as far as they have replicas. */
export function findFact(fact: ReplicaFact, state: ServiceState, judged: Track): Reading {
  const stable = countOf(fact, state.stable);
  const canary = countOf(fact, state.canary);
  const values = {
    ...(stable !== undefined && { stable }),
    ...(canary !== undefined && { canary }),
  };
  if (values[judged] !== undefined) return { kind: 'value', values };
  return { kind: 'nothing', reason: whyNone(state, judged) };
}

function whyNone(state: ServiceState, judged: Track): string {
  const { service, [judged]: track } = state;
  if (!track) return `${service} has no ${judged}`;
  const trouble = track.trouble === undefined ? '' : `: ${track.trouble}`;
  return `the ${judged} of ${service} has no replicas${trouble}`;
}

/** Undefined where nobody is there to count: no replicas are no sign of health. */
function countOf(fact: ReplicaFact, track: TrackState | undefined): number | undefined {
  if (!track) return undefined;
  switch (fact) {
    case 'restarts':
      return restartsOf(track);
    case 'unready':
      return unreadyOf(track);
  }
}

function restartsOf({ replicas }: TrackState): number | undefined {
  if (replicas.length === 0) return undefined;
  return replicas.reduce((sum, { restarts }) => sum + restarts, 0);
}

/** Those that cannot even be created are not ready, nor are those being stopped. */
function unreadyOf({ wanted, replicas }: TrackState): number | undefined {
  const all = Math.max(wanted, replicas.length);
  if (all === 0) return undefined;
  return all - replicas.filter(({ ready }) => ready).length;
}
