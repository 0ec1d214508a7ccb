import type { RolloutStatus } from '../../contracts/rollouts/status.ts';
import { isInPlace } from './kind-words.ts';

/** What a person should know to decide, where the verbs alone do not tell; undefined elsewhere. */
export function phaseAdvice({
  phase,
  kind,
  version,
  previousVersion,
  stages,
}: RolloutStatus): string | undefined {
  if (phase === 'experimenting') {
    const { experiment } = stages.find(({ state }) => state === 'active') ?? {};
    if (experiment === undefined) return undefined;
    const named = experiment.workflowId.slice(experiment.workflowId.indexOf('/') + 1);
    return (
      `belay status ${experiment.workflowId} shows it; belay chaos halt ${named} removes its fault, and a person ` +
      'decides then. abort removes the fault first, and undoes the rollout once it is gone.'
    );
  }
  if (phase === 'stuck') {
    const previous = previousVersion ?? 'its previous release';
    if (isInPlace(kind)) {
      return `retry gives stable ${version} again; abort gives it ${previous} back.`;
    }
    const serving = kind === 'blueGreen' ? 'green' : 'the canary';
    return (
      `${serving[0]?.toUpperCase()}${serving.slice(1)} serves ${version} while you look. Remove what keeps stable from ` +
      `taking it over (room, image, quota, a change by others) and retry, or abort: stable gets ${previous} back first.`
    );
  }
  if (phase === 'keeping') {
    return `abort switches back to ${previousVersion ?? 'the old release'} at once; promote ends the wait.`;
  }
  return undefined;
}
