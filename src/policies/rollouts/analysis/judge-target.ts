import type { WatchHoldInput } from '../../../contracts/rollouts/hold.ts';
import type { ServiceState } from '../../../contracts/rollouts/platform.ts';
import type { Verdict } from '../../../contracts/rollouts/verdict.ts';
import { describeTrouble } from '../readiness.ts';

/** The condition of the held target. */
export type TargetCondition =
  | { kind: 'as-expected' }
  /** No replica of the judged track is ready; twice in a row it is lost. */
  | { kind: 'unready'; reason: string }
  /** Others changed what this rollout relies on, one line each. */
  | { kind: 'drift'; changes: string[] }
  | { kind: 'verdict'; verdict: Verdict };

/** Whether the target still is what the hold is about. */
export function judgeTarget(
  watch: Pick<WatchHoldInput, 'rolloutId' | 'weight' | 'version' | 'track'>,
  state: ServiceState | undefined,
): TargetCondition {
  if (state === undefined) return fail('the service is gone from its platform');
  if (state.owner?.rolloutId !== watch.rolloutId) {
    const holder = state.owner === undefined ? 'nobody' : `rollout ${state.owner.rolloutId}`;
    return fail(`this rollout no longer owns the service: it is owned by ${holder}`);
  }
  const judged = state[watch.track];
  if (judged === undefined) return fail(`the ${watch.track} is gone`);
  if (state.drift !== undefined && state.drift.length > 0) {
    return { kind: 'drift', changes: state.drift };
  }
  if (judged.release.version !== watch.version) {
    return fail(`the ${watch.track} runs ${judged.release.version}, not ${watch.version}`);
  }
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
  if (!judged.replicas.some(({ ready }) => ready)) {
    return { kind: 'unready', reason: describeTrouble(judged, judged.wanted) };
  }
  return { kind: 'as-expected' };
}

/** A snapshot of the target from before this rollout's last act is outdated. */
export function isOutdated(
  { owner }: ServiceState,
  watch: Pick<WatchHoldInput, 'rolloutId' | 'sinceStep'>,
): boolean {
  return owner?.rolloutId === watch.rolloutId && owner.step < watch.sinceStep;
}

function fail(reason: string): TargetCondition {
  return { kind: 'verdict', verdict: { kind: 'fail', reasons: [reason] } };
}
