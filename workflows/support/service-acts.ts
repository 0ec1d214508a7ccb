import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Fence } from '../../src/contracts/fence.ts';
import { failureTypes } from '../../src/contracts/failures.ts';
import type { CanaryRequest, ServiceRef } from '../../src/contracts/platform.ts';
import { watchTaskQueue } from '../../src/contracts/messages.ts';
import type { TrafficActivities } from '../../src/contracts/routing.ts';
import type { RolloutSettings } from '../../src/contracts/settings.ts';
import type { WorkloadActivities } from '../../src/contracts/workload.ts';
import {
  watchHeartbeatTimeoutMs,
  watchRetryMs,
} from '../../src/policies/rollout/watch-heartbeat.ts';
import type { SmokeTestSpec } from '../../src/specs/stage.ts';

/** Draining open requests may take this long on top of an act's own time. */
const drainMs = 30_000;

export type ServiceActs = ReturnType<typeof createServiceActs>;

/**
 * Everything a rollout does to one service, each act with the next fence. Acts that were asked
 * to stop are waited for, so that none lands after its undo; waits stop at once.
 */
export function createServiceActs(
  ref: ServiceRef,
  nextFence: () => Fence,
  settings: RolloutSettings,
  budgetMs: number,
) {
  const retry = {
    initialInterval: settings.retryIntervalMs,
    maximumInterval: 10 * settings.retryIntervalMs,
  };
  const acts = {
    startToCloseTimeout: settings.actTimeoutMs,
    scheduleToCloseTimeout: budgetMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry,
  };
  const workload = proxyActivities<WorkloadActivities>(acts);
  const traffic = proxyActivities<TrafficActivities>(acts);
  const drains = proxyActivities<WorkloadActivities>({
    ...acts,
    startToCloseTimeout: settings.actTimeoutMs + drainMs,
    heartbeatTimeout: settings.actTimeoutMs,
  });
  const waits = proxyActivities<WorkloadActivities>({
    taskQueue: watchTaskQueue(workflowInfo().taskQueue),
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    startToCloseTimeout: '1 day',
    heartbeatTimeout: watchHeartbeatTimeoutMs(settings.blindTimeMs),
    retry: {
      initialInterval: watchRetryMs,
      backoffCoefficient: 1,
      nonRetryableErrorTypes: [failureTypes.notReady],
    },
  });

  return {
    ref,

    inspect: () =>
      workload.inspectService.executeWithOptions({ summary: `look at ${ref.service}` }, [ref]),

    claim: (workflowId: string) =>
      drains.claimService.executeWithOptions({ summary: `claim ${ref.service}` }, [
        ref,
        nextFence(),
        workflowId,
      ]),

    letGo: () =>
      workload.letGoOfService.executeWithOptions({ summary: `let go of ${ref.service}` }, [
        ref,
        nextFence(),
      ]),

    scaleCanary: (canary: CanaryRequest) =>
      workload.scaleCanary.executeWithOptions(
        { summary: `canary ${canary.release.version}: ${replicas(canary.replicas)}` },
        [ref, nextFence(), canary],
      ),

    awaitCanaryReady: (wanted: number, deadlineMs: number) =>
      waits.awaitCanaryReady.executeWithOptions(
        {
          summary: `until ${replicas(wanted)} of the canary ${wanted === 1 ? 'is' : 'are'} ready`,
          scheduleToCloseTimeout: Math.max(0, deadlineMs - Date.now()) + budgetMs,
        },
        [ref, wanted, deadlineMs],
      ),

    smokeTestCanary: (test: SmokeTestSpec) =>
      workload.smokeTestCanary.executeWithOptions(
        {
          summary: `smoke test ${test.path}`,
          startToCloseTimeout: settings.actTimeoutMs + test.timeoutMs,
          scheduleToCloseTimeout: budgetMs + test.timeoutMs,
          cancellationType: ActivityCancellationType.TRY_CANCEL,
        },
        [ref, test],
      ),

    setWeight: (weight: number) =>
      traffic.setWeight.executeWithOptions({ summary: `${weight} % to the canary` }, [
        ref,
        nextFence(),
        weight,
      ]),

    restoreStable: () =>
      traffic.restoreStable.executeWithOptions({ summary: 'all traffic to stable' }, [
        ref,
        nextFence(),
      ]),

    removeCanary: () =>
      drains.removeCanary.executeWithOptions({ summary: 'remove the canary' }, [ref, nextFence()]),

    promoteCanary: () =>
      drains.promoteCanary.executeWithOptions({ summary: 'promote the canary to stable' }, [
        ref,
        nextFence(),
      ]),
  };
}

function replicas(count: number): string {
  return count === 1 ? '1 replica' : `${count} replicas`;
}
