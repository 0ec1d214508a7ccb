import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { Fence } from '../../../src/contracts/kernel/fence.ts';
import type {
  CanaryRequest,
  Replacement,
  ServiceRef,
  WantedRelease,
} from '../../../src/contracts/rollouts/platform.ts';
import { watchTaskQueue } from '../../../src/contracts/kernel/task-queues.ts';
import type { TrafficActivities } from '../../../src/contracts/rollouts/routing.ts';
import type { WorkloadActivities } from '../../../src/contracts/rollouts/workload.ts';
import {
  watchHeartbeatTimeoutMs,
  watchRetryMs,
} from '../../../src/policies/rollouts/watch-heartbeat.ts';
import type { WarmUpSpec } from '../../../src/specs/rollouts/blue-green.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import type { RolloutStatus } from '../../../src/contracts/rollouts/status.ts';
import type { SmokeTestSpec } from '../../../src/specs/rollouts/stage.ts';
import type { Rollout } from './rollout.ts';
import type { AnalysisSpec } from '../../../src/specs/rollouts/analysis.ts';

/** Draining open requests, or waiting for endpoints, may take this long on top of an act's own time. */
const drainMs = 30_000;

/** The rollout that claims a service. */
type Claimant = Pick<RolloutStatus, 'workflowId' | 'kind'>;

export type ServiceActs = ReturnType<typeof createServiceActs>;

/** How long all attempts of one act may take together. */
type Budget = 'act' | 'undo';

/** What a rollout can do to its service. Settings count as they are when an act begins. */
export function actsOn(rollout: Rollout, budget: Budget): ServiceActs {
  const { spec } = rollout;
  if (spec === undefined) throw new Error('Nothing can be done before the spec is read');
  const { service, environment, target } = spec;
  return createServiceActs({ service, environment, target }, rollout, budget);
}

/**
 * Everything a rollout does to one service, each act with the next fence. Acts that are
 * cancelled are awaited, so that none takes effect after its undo; waits stop immediately.
 */
function createServiceActs(ref: ServiceRef, rollout: Rollout, budget: Budget) {
  const { fencing } = rollout;
  const budgetMs = () =>
    budget === 'act' ? rollout.settings.actBudgetMs : rollout.settings.undoBudgetMs;
  const acts = () => {
    const { actTimeoutMs, retryIntervalMs } = rollout.settings;
    return {
      startToCloseTimeout: actTimeoutMs,
      scheduleToCloseTimeout: budgetMs(),
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
      retry: { initialInterval: retryIntervalMs, maximumInterval: 10 * retryIntervalMs },
    };
  };
  const patient = () => {
    const { actTimeoutMs } = rollout.settings;
    return {
      ...acts(),
      startToCloseTimeout: actTimeoutMs + drainMs,
      heartbeatTimeout: actTimeoutMs,
    };
  };
  const workload = () => proxyActivities<WorkloadActivities>(acts());
  const traffic = () => proxyActivities<TrafficActivities>(patient());
  const drains = () => proxyActivities<WorkloadActivities>(patient());
  const waits = () =>
    proxyActivities<WorkloadActivities>({
      taskQueue: watchTaskQueue(workflowInfo().taskQueue),
      cancellationType: ActivityCancellationType.TRY_CANCEL,
      startToCloseTimeout: '1 day',
      heartbeatTimeout: watchHeartbeatTimeoutMs(rollout.settings.blindTimeMs),
      retry: {
        initialInterval: watchRetryMs,
        backoffCoefficient: 1,
        nonRetryableErrorTypes: [failureTypes.notReady, failureTypes.targetDrifted],
      },
    });

  return {
    ref,

    /** The step of the last act: a snapshot of the service from before it is out of date. */
    lastStep: () => fencing.last().step,

    inspect: (wanted?: WantedRelease, analysis?: AnalysisSpec) =>
      workload().inspectService.executeWithOptions(
        { summary: `read the state of ${ref.service}` },
        [
          ref,
          ...(wanted === undefined ? [] : [wanted, ...(analysis === undefined ? [] : [analysis])]),
        ] as [ServiceRef, WantedRelease?, AnalysisSpec?],
      ),

    claim: ({ workflowId, kind }: Claimant) =>
      drains().claimService.executeWithOptions({ summary: `claim ${ref.service}` }, [
        ref,
        fencing.next(),
        workflowId,
        kind,
      ]),

    letGo: () =>
      drains().letGoOfService.executeWithOptions({ summary: `release ${ref.service}` }, [
        ref,
        fencing.next(),
      ]),

    /** Clears what a claim may have left, and then releases the service. */
    undoClaim: () =>
      drains().letGoOfService.executeWithOptions({ summary: `release ${ref.service}` }, [
        ref,
        fencing.next(),
        'undo',
      ]),

    scaleCanary: async (canary: CanaryRequest) => {
      const askedAtMs = Date.now();
      const made = await workload().scaleCanary.executeWithOptions(
        { summary: `canary ${canary.release.version}: ${requested(canary.replicas)}` },
        [ref, fencing.next(), canary],
      );
      rollout.noteExtra(made.replicas, askedAtMs);
      return made;
    },

    awaitCanaryReady: (wanted: number, deadlineMs: number) =>
      waits().awaitCanaryReady.executeWithOptions(
        {
          summary: `until ${replicas(wanted)} of the canary ${wanted === 1 ? 'is' : 'are'} ready`,
          scheduleToCloseTimeout: Math.max(0, deadlineMs - Date.now()) + budgetMs(),
        },
        [ref, wanted, deadlineMs],
      ),

    smokeTestCanary: (test: SmokeTestSpec) =>
      workload().smokeTestCanary.executeWithOptions(
        {
          summary: `smoke test ${test.path}`,
          startToCloseTimeout: rollout.settings.actTimeoutMs + test.timeoutMs,
          scheduleToCloseTimeout: budgetMs() + test.timeoutMs,
          cancellationType: ActivityCancellationType.TRY_CANCEL,
        },
        [ref, test],
      ),

    warmUpCanary: (warmUp: WarmUpSpec) =>
      waits().warmUpCanary.executeWithOptions(
        {
          summary: `warm up with ${warmUp.path} for ${formatDuration(warmUp.durationMs)}`,
          scheduleToCloseTimeout: 2 * warmUp.durationMs + budgetMs(),
        },
        [ref, warmUp],
      ),

    setWeight: (weight: number) =>
      traffic().setWeight.executeWithOptions({ summary: `${weight} % to the canary` }, [
        ref,
        fencing.next(),
        weight,
      ]),

    restoreStable: () =>
      traffic().restoreStable.executeWithOptions({ summary: 'all traffic to stable' }, [
        ref,
        fencing.next(),
      ]),

    removeCanary: async () => {
      await drains().removeCanary.executeWithOptions({ summary: 'remove the canary' }, [
        ref,
        fencing.next(),
      ]);
      rollout.noteExtra(0);
    },

    promoteCanary: async () => {
      const progress = await drains().promoteCanary.executeWithOptions(
        { summary: 'promote the canary to stable' },
        [ref, fencing.next()],
      );
      if (progress === 'done') rollout.noteExtra(0);
      return progress;
    },

    settlePromotion: async () => {
      await drains().settlePromotion.executeWithOptions(
        { summary: 'traffic to stable, which has the release now' },
        [ref, fencing.next()],
      );
      rollout.noteExtra(0);
    },

    replaceStable: (replacement: Replacement) =>
      drains().replaceStable.executeWithOptions(
        { summary: `${replacement.how}: ${replacement.release.version}` },
        [ref, fencing.next(), replacement],
      ),

    restoreReplaced: () =>
      drains().restoreReplaced.executeWithOptions({ summary: 'the previous release back' }, [
        ref,
        fencing.next(),
      ]),

    awaitStableComplete: (deadlineMs: number, version?: string) =>
      waits().awaitStableComplete.executeWithOptions(
        {
          summary: 'until stable has the release on every replica',
          scheduleToCloseTimeout: Math.max(0, deadlineMs - Date.now()) + budgetMs(),
        },
        [ref, fencing.last(), deadlineMs, ...(version === undefined ? [] : [version])] as [
          ServiceRef,
          Fence,
          number,
          string?,
        ],
      ),

    correctDrift: () =>
      workload().correctDrift.executeWithOptions({ summary: 'undo the changes of others' }, [
        ref,
        fencing.next(),
      ]),
  };
}

function requested(count: CanaryRequest['replicas']): string {
  return typeof count === 'number' ? replicas(count) : `enough for ${count.forWeight} %`;
}

function replicas(count: number): string {
  return count === 1 ? '1 replica' : `${count} replicas`;
}
