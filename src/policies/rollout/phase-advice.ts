import type { RolloutStatus } from '../../contracts/status.ts';

/** What a person should know to decide, where the verbs alone do not tell; undefined elsewhere. */
export function phaseAdvice({
  phase,
  kind,
  version,
  previousVersion,
}: RolloutStatus): string | undefined {
  if (phase === 'stuck') {
    const serving = kind === 'blueGreen' ? 'green' : 'the canary';
    return (
      `Nothing is lost while you look: ${serving} serves ${version}. Mend what keeps stable from it ` +
      `(room, image, quota) and retry, or abort: stable gets ${previousVersion ?? 'its release'} back first.`
    );
  }
  if (phase === 'keeping') {
    return `abort switches back to ${previousVersion ?? 'the old release'} at once; promote ends the wait.`;
  }
  return undefined;
}
