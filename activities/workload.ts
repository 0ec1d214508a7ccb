import { ApplicationFailure, Context } from '@temporalio/activity';
import { failureTypes } from '../src/contracts/failures.ts';
import type { Platform, Platforms, ServiceRef, ServiceState } from '../src/contracts/platform.ts';
import type { WorkloadActivities } from '../src/contracts/workload.ts';
import { describeTrouble, isFullyReady } from '../src/policies/rollout/readiness.ts';
import { whileHeartbeating } from './heartbeating.ts';
import { onPlatform } from './on-platform.ts';
import { smokeTestReplicas } from './smoke-test.ts';

const readinessPollMs = 250;

export function createWorkloadActivities(platforms: Platforms): WorkloadActivities {
  const on = (ref: ServiceRef): Platform => platforms[ref.target.platform];
  return {
    inspectService: (ref) => onPlatform(() => inspect(on(ref), ref)),

    claimService: (ref, fence, workflowId) =>
      onPlatform(() =>
        whileHeartbeating(async () => {
          const found = await on(ref).claim(ref, fence, workflowId);
          if (found.canary === undefined && found.canaryWeight === 0) return found;
          await on(ref).setWeight(ref, fence, 0);
          await on(ref).removeCanary(ref, fence);
          return inspect(on(ref), ref);
        }),
      ),

    letGoOfService: (ref, fence) => onPlatform(() => on(ref).letGo(ref, fence)),

    scaleCanary: (ref, fence, canary) => onPlatform(() => on(ref).applyCanary(ref, fence, canary)),

    awaitCanaryReady: (ref, wanted, deadlineMs) =>
      whileHeartbeating(async () => {
        for (;;) {
          const state = await onPlatform(() => inspect(on(ref), ref));
          if (isFullyReady(state.canary, wanted)) return;
          if (Date.now() >= deadlineMs) {
            throw ApplicationFailure.nonRetryable(
              `the canary was not ready in time: ${describeTrouble(state.canary, wanted)}`,
              failureTypes.notReady,
            );
          }
          await Context.current().sleep(readinessPollMs);
        }
      }),

    smokeTestCanary: async (ref, test) => {
      const state = await onPlatform(() => inspect(on(ref), ref));
      await smokeTestReplicas(state.canary?.replicas ?? [], test);
    },

    removeCanary: (ref, fence) =>
      onPlatform(() => whileHeartbeating(() => on(ref).removeCanary(ref, fence))),

    promoteCanary: (ref, fence) =>
      onPlatform(() => whileHeartbeating(() => on(ref).promoteCanary(ref, fence))),
  };
}

async function inspect(platform: Platform, ref: ServiceRef): Promise<ServiceState> {
  const { service, environment } = ref;
  const state = await platform.readService(ref);
  return state ?? { service, environment, revision: 0, canaryWeight: 0, kept: [] };
}
