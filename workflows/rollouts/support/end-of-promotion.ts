import type { Outcome } from '../../../src/contracts/rollouts/outcome.ts';
import type { Ending } from '../../kernel/ending.ts';
import type { Rollout } from './rollout.ts';

/** There is nothing to compare a first release with, and nothing to go back to. */
export function noteFirstRelease(rollout: Rollout): void {
  rollout.notes.push(
    'First release: there is nothing to compare it with, so it went to 100 % as soon as it was ready',
  );
}

/** The outcome of a release that is in place: by its stages, or because someone promoted it in full. */
export function endOfPromotion(
  { status: { version }, inbox }: Rollout,
  isFirstRelease: boolean,
  whatItPassed: string,
): Ending<Outcome> {
  const decision = inbox.decisions.value;
  if (isFirstRelease) return { outcome: 'Promoted', reason: `${version} is the first release` };
  return decision?.kind === 'promoteFull'
    ? { outcome: 'FastPromoted', reason: `${version} promoted in full by ${decision.by}` }
    : { outcome: 'Promoted', reason: `${version} ${whatItPassed}` };
}
