import { ApplicationFailure, Context } from '@temporalio/activity';
import { failureTypes } from '../src/contracts/failures.ts';
import type {
  Platform,
  Platforms,
  ServiceRef,
  ServiceState,
  WantedRelease,
} from '../src/contracts/platform.ts';
import type { WorkloadActivities } from '../src/contracts/workload.ts';
import { isOutdated } from '../src/policies/analysis/judge-target.ts';
import { describeTrouble, isFullyReady } from '../src/policies/rollout/readiness.ts';
import { clearLeftovers } from './clear-leftovers.ts';
import { whileHeartbeating } from './heartbeating.ts';
import { onPlatform } from './on-platform.ts';
import { smokeTestReplicas } from './smoke-test.ts';
import { undoOnPlatform } from './undo-on-platform.ts';
import { warmUpReplicas } from './warm-up.ts';

const readinessPollMs = 250;

export function createWorkloadActivities(platforms: Platforms): WorkloadActivities {
  const on = (ref: ServiceRef): Platform => platforms[ref.target.platform];
  return {
    inspectService: (ref, wanted) => onPlatform(() => inspect(on(ref), ref, wanted)),

    claimService: (ref, fence, workflowId) =>
      onPlatform(() =>
        whileHeartbeating(async () => {
          const found = await on(ref).claim(ref, fence, workflowId);
          const wasCleared = await clearLeftovers(on(ref), ref, fence, found);
          return wasCleared ? on(ref).claim(ref, fence, workflowId) : inspect(on(ref), ref);
        }),
      ),

    letGoOfService: (ref, fence) => onPlatform(() => on(ref).letGo(ref, fence)),

    scaleCanary: (ref, fence, canary) => onPlatform(() => on(ref).applyCanary(ref, fence, canary)),

    awaitCanaryReady: (ref, wanted, deadlineMs) =>
      whileHeartbeating(() =>
        pollUntilReady(deadlineMs, async () => {
          const { canary } = await onPlatform(() => inspect(on(ref), ref));
          if (isFullyReady(canary, wanted)) return undefined;
          return `the canary was not ready in time: ${describeTrouble(canary, wanted)}`;
        }),
      ),

    smokeTestCanary: async (ref, test) => {
      const state = await onPlatform(() => inspect(on(ref), ref));
      await smokeTestReplicas(state.canary?.replicas ?? [], test);
    },

    warmUpCanary: (ref, warmUp) =>
      whileHeartbeating(async () => {
        const state = await onPlatform(() => inspect(on(ref), ref));
        return warmUpReplicas(state.canary?.replicas ?? [], warmUp);
      }),

    removeCanary: (ref, fence) =>
      onPlatform(() =>
        whileHeartbeating(() =>
          undoOnPlatform(on(ref), ref, () => on(ref).removeCanary(ref, fence)),
        ),
      ),

    promoteCanary: (ref, fence) =>
      onPlatform(() => whileHeartbeating(() => on(ref).promoteCanary(ref, fence))),

    settlePromotion: (ref, fence) =>
      onPlatform(() => whileHeartbeating(() => on(ref).settlePromotion(ref, fence))),

    replaceStable: (ref, fence, replacement) =>
      onPlatform(() => whileHeartbeating(() => on(ref).replaceStable(ref, fence, replacement))),

    restoreReplaced: (ref, fence) =>
      onPlatform(() =>
        whileHeartbeating(async () => {
          const restore = () => on(ref).restoreReplaced(ref, fence);
          return (await undoOnPlatform(on(ref), ref, restore)) ?? 'done';
        }),
      ),

    awaitStableComplete: (ref, { rolloutId, step }, deadlineMs) =>
      whileHeartbeating(() =>
        pollUntilReady(deadlineMs, async () => {
          const state = await onPlatform(() => inspect(on(ref), ref));
          if (isOutdated(state, { rolloutId, sinceStep: step })) {
            return 'what the platform shows of the service is from before its last change';
          }
          const { update } = state;
          if (update === undefined || update.complete) return undefined;
          const { updated, wanted, trouble } = update;
          return `stable has the release on ${updated} of ${wanted} replicas${trouble === undefined ? '' : `: ${trouble}`}`;
        }),
      ),

    correctDrift: (ref, fence) => onPlatform(() => on(ref).correctDrift(ref, fence)),
  };
}

/** Looks until nothing keeps it from being ready; what still does at the deadline is the failure. */
async function pollUntilReady(
  deadlineMs: number,
  look: () => Promise<string | undefined>,
): Promise<void> {
  for (;;) {
    const trouble = await look();
    if (trouble === undefined) return;
    if (Date.now() >= deadlineMs) {
      throw ApplicationFailure.nonRetryable(trouble, failureTypes.notReady);
    }
    await Context.current().sleep(readinessPollMs);
  }
}

async function inspect(
  platform: Platform,
  ref: ServiceRef,
  wanted?: WantedRelease,
): Promise<ServiceState> {
  const { service, environment } = ref;
  const state = await platform.readService(ref, wanted);
  return state ?? { service, environment, revision: 0, canaryWeight: 0, kept: [] };
}
