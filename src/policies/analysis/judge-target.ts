import type { HoldWatch } from '../../contracts/hold.ts';
import type { ServiceState } from '../../contracts/platform.ts';
import type { Verdict } from '../../contracts/verdict.ts';
import { describeTrouble } from '../rollout/readiness.ts';

/** What a look at the held target tells. */
export type TargetSight =
  | { kind: 'as-expected' }
  /** No canary replica is ready; twice in a row it is lost. */
  | { kind: 'unready'; reason: string }
  | { kind: 'verdict'; verdict: Verdict };

/** Whether the target still is what the hold is about. */
export function judgeTarget(
  watch: Pick<HoldWatch, 'rolloutId' | 'weight' | 'version'>,
  state: ServiceState | undefined,
): TargetSight {
  if (state === undefined) return fail('the service is gone from its platform');
  if (state.owner?.rolloutId !== watch.rolloutId) {
    const holder = state.owner === undefined ? 'nobody' : `rollout ${state.owner.rolloutId}`;
    return fail(`the service is no longer held by this rollout but by ${holder}`);
  }
  if (state.canary?.release.version !== watch.version) return fail('the canary is gone');
  if (state.canaryWeight !== watch.weight) {
    return {
      kind: 'verdict',
      verdict: {
        kind: 'inconclusive',
        reasons: [
          `the canary's weight is ${state.canaryWeight} %, not ${watch.weight} %: someone changed it`,
        ],
      },
    };
  }
  if (!state.canary.replicas.some(({ ready }) => ready)) {
    return { kind: 'unready', reason: describeTrouble(state.canary, state.canary.wanted) };
  }
  return { kind: 'as-expected' };
}

function fail(reason: string): TargetSight {
  return { kind: 'verdict', verdict: { kind: 'fail', reasons: [reason] } };
}
