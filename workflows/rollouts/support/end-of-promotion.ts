import type { Rollout } from '../../kernel/rollout.ts';
import type { Ending } from '../../kernel/run-rollout.ts';

/** There is nothing to compare a first release with, and nothing to go back to. */
export function noteFirstRelease(rollout: Rollout): void {
  rollout.notes.push(
    'First release: there is nothing to compare with, so it went straight to 100 % once it was ready',
  );
}

/** How a release ended that is in place now: of itself, or because somebody promoted it in full. */
export function endOfPromotion(
  { status: { version }, decision }: Rollout,
  isFirstRelease: boolean,
  whatItPassed: string,
): Ending {
  if (isFirstRelease) return { outcome: 'Promoted', reason: `${version} is the first release` };
  return decision?.kind === 'promoteFull'
    ? { outcome: 'FastPromoted', reason: `${version} promoted in full by ${decision.by}` }
    : { outcome: 'Promoted', reason: `${version} ${whatItPassed}` };
}
