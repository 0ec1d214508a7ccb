import { ApplicationFailure, Context } from '@temporalio/activity';
import { serverClock } from '../../src/adapters/temporal/server-clock.ts';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import type {
  Platform,
  Platforms,
  ServiceRef,
  ServiceState,
  TrackState,
  WantedRelease,
} from '../../src/contracts/rollouts/platform.ts';
import type { MetricReader } from '../../src/contracts/rollouts/metric-reader.ts';
import type { FoundReady, WorkloadActivities } from '../../src/contracts/rollouts/workload.ts';
import { isOutdated } from '../../src/policies/rollouts/analysis/judge-target.ts';
import { describeTrouble, isFullyReady } from '../../src/policies/rollouts/readiness.ts';
import { checkSources } from './support/check-sources.ts';
import { clearLeftovers } from './support/clear-leftovers.ts';
import { whileHeartbeating } from '../kernel/support/heartbeating.ts';
import { mapPlatformErrors } from './support/map-platform-errors.ts';
import { smokeTestReplicas } from './support/smoke-test.ts';
import { mapUndoErrors } from './support/map-undo-errors.ts';
import { warmUpReplicas } from './support/warm-up.ts';

const readinessPollMs = 250;
const driftLastsMs = 1_000;

export function createWorkloadActivities(
  platforms: Platforms,
  reader?: MetricReader,
): WorkloadActivities {
  const on = (ref: ServiceRef): Platform => platforms[ref.target.platform];
  return {
    inspectService: (ref, wanted, analysis) =>
      mapPlatformErrors(async () => {
        const state = await inspect(on(ref), ref, wanted);
        if (!analysis || !reader) return state;
        const asked = { ref, analysis, state };
        const silent = await checkSources(asked, { platform: on(ref), reader });
        if (silent.length === 0) return state;
        return { ...state, remarks: [...(state.remarks ?? []), ...silent] };
      }),

    claimService: (ref, fence, workflowId, kind) =>
      mapPlatformErrors(() =>
        whileHeartbeating(async () => {
          const claim = () => on(ref).claim(ref, fence, workflowId, kind);
          const wasCleared = await clearLeftovers(on(ref), ref, fence, await claim());
          return wasCleared ? claim() : inspect(on(ref), ref);
        }),
      ),

    letGoOfService: (ref, fence, as) =>
      mapPlatformErrors(() =>
        whileHeartbeating(async () => {
          const found = await inspect(on(ref), ref);
          const isHeld = found.owner?.rolloutId === fence.rolloutId;
          if (isHeld && as === 'undo') await clearLeftovers(on(ref), ref, fence, found);
          const drift = isHeld ? await lastingDrift(found, () => inspect(on(ref), ref)) : [];
          await on(ref).releaseService(ref, fence);
          return drift;
        }),
      ),

    scaleCanary: (ref, fence, canary) =>
      mapPlatformErrors(() => on(ref).applyCanary(ref, fence, canary)),

    awaitCanaryReady: (ref, wanted, deadlineMs) =>
      whileHeartbeating(() =>
        pollUntilReady(deadlineMs, async () => {
          const state = await mapPlatformErrors(() => inspect(on(ref), ref));
          const { canary } = state;
          if (!isFullyReady(canary, wanted)) {
            return `the canary was not ready in time: ${describeTrouble(canary, wanted)}`;
          }
          const drift = await lastingDrift(state, () =>
            mapPlatformErrors(() => inspect(on(ref), ref)),
          );
          return foundReady(canary, drift);
        }),
      ),

    smokeTestCanary: async (ref, test) => {
      const state = await mapPlatformErrors(() => inspect(on(ref), ref));
      await smokeTestReplicas(state.canary?.replicas ?? [], test);
    },

    warmUpCanary: (ref, warmUp) =>
      whileHeartbeating(async () => {
        const state = await mapPlatformErrors(() => inspect(on(ref), ref));
        return warmUpReplicas(state.canary?.replicas ?? [], warmUp);
      }),

    removeCanary: (ref, fence) =>
      mapPlatformErrors(() =>
        whileHeartbeating(() =>
          mapUndoErrors(on(ref), ref, () => on(ref).removeCanary(ref, fence)),
        ),
      ),

    promoteCanary: (ref, fence) =>
      mapPlatformErrors(() => whileHeartbeating(() => on(ref).promoteCanary(ref, fence))),

    settlePromotion: (ref, fence) =>
      mapPlatformErrors(() => whileHeartbeating(() => on(ref).settlePromotion(ref, fence))),

    replaceStable: (ref, fence, replacement) =>
      mapPlatformErrors(() =>
        whileHeartbeating(() => on(ref).replaceStable(ref, fence, replacement)),
      ),

    restoreReplaced: (ref, fence) =>
      mapPlatformErrors(() =>
        whileHeartbeating(async () => {
          const restore = () => on(ref).restoreReplaced(ref, fence);
          return (await mapUndoErrors(on(ref), ref, restore)) ?? 'done';
        }),
      ),

    awaitStableComplete: (ref, { rolloutId, step }, deadlineMs, version) =>
      whileHeartbeating(() =>
        pollUntilReady(deadlineMs, async () => {
          const state = await mapPlatformErrors(() => inspect(on(ref), ref));
          if (isOutdated(state, { rolloutId, sinceStep: step })) {
            return 'what the platform shows of the service is from before its last change';
          }
          const drift = await lastingDrift(state, () =>
            mapPlatformErrors(() => inspect(on(ref), ref)),
          );
          if (drift.length > 0) throw drifted(drift);
          const { update, stable } = state;
          if (update !== undefined && !update.complete) {
            const { updated, wanted, trouble } = update;
            return `stable has the release on ${updated} of ${wanted} replicas${trouble === undefined ? '' : `: ${trouble}`}`;
          }
          if (version !== undefined && stable?.release.version !== version) {
            throw drifted([`stable runs ${stable?.release.version ?? 'nothing'}, not ${version}`]);
          }
          return foundReady(stable, []);
        }),
      ),

    correctDrift: (ref, fence) => mapPlatformErrors(() => on(ref).correctDrift(ref, fence)),
  };
}

/** Asks until nothing keeps it from being ready; what still does at the deadline is the failure. */
async function pollUntilReady(
  deadlineMs: number,
  ask: () => Promise<FoundReady | string>,
): Promise<FoundReady> {
  const nowMs = serverClock();
  for (;;) {
    const answer = await ask();
    if (typeof answer !== 'string') return answer;
    if (nowMs() >= deadlineMs) {
      throw ApplicationFailure.nonRetryable(answer, failureTypes.notReady);
    }
    await Context.current().sleep(readinessPollMs);
  }
}

/** What is read only once may be out of date: what others changed counts when it is still there. */
async function lastingDrift(
  { drift = [] }: ServiceState,
  readAgain: () => Promise<ServiceState>,
): Promise<string[]> {
  if (drift.length === 0) return [];
  await Context.current().sleep(driftLastsMs);
  const { drift: again = [] } = await readAgain();
  return drift.filter((line) => again.includes(line));
}

function drifted(changes: string[]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(changes.join('; '), failureTypes.targetDrifted);
}

function foundReady(track: TrackState | undefined, drift: string[]): FoundReady {
  const { rewritten = [] } = track ?? {};
  return { ...(drift.length > 0 && { drift }), ...(rewritten.length > 0 && { rewritten }) };
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
