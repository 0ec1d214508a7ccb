import { seconds } from '../report/tell.ts';
import type { CanariesFigures } from './measure-canaries.ts';
import type { KubernetesFigures } from './measure-kubernetes.ts';

export const targets = {
  /** API requests of one canary of 4 replicas until it is healthy. */
  requestsUntilHealthy: 30,
  /** API requests while canaries hold. */
  requestsWhileHeld: 0,
  /** From the start of `canaries` at the same time until the last of them is promoted. */
  together: { canaries: 200, doneMs: 60_000 },
} as const;

export function missedTargets({ canaries, real, hold }: KubernetesFigures): string[] {
  const all = [...canaries, ...real.map(({ figures }) => figures)];
  return [
    ...all.flatMap(missedByCanaries),
    ...(hold && hold.requests.length > targets.requestsWhileHeld
      ? [`${hold.requests.length} requests while held: ${hold.requests.slice(0, 3).join(', ')}`]
      : []),
  ];
}

function missedByCanaries(figures: CanariesFigures): string[] {
  const { canaries, promoted, requests, doneMs } = figures;
  const most = requests.untilHealthy.max;
  const { together, requestsUntilHealthy } = targets;
  const isLate = canaries >= together.canaries && doneMs.max > together.doneMs;
  return [
    ...(promoted < canaries ? [`${canaries - promoted} of ${canaries} were not promoted`] : []),
    ...(most > requestsUntilHealthy
      ? [`${most} requests until healthy (${canaries} at once); at most ${requestsUntilHealthy}`]
      : []),
    ...(isLate
      ? [`${canaries} at once took ${seconds(doneMs.max)} s; at most ${together.doneMs / 1_000}`]
      : []),
    ...(requests.others.length > 0
      ? [`requests of no canary: ${requests.others.slice(0, 3).join(', ')}`]
      : []),
  ];
}
