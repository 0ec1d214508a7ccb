import type { RolloutStatus } from '../../contracts/rollouts/status.ts';
import { isInPlace } from './kind-words.ts';

/** What a person should know to decide, where the verbs alone do not tell; undefined elsewhere. */
export function phaseAdvice({
  phase,
  kind,
  version,
  previousVersion,
}: RolloutStatus): string | undefined {
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
