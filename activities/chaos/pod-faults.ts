import type { FaultPods, PodFaultActivities } from '../../src/contracts/chaos/pod-faults.ts';
import { judgeHitPod } from '../../src/policies/chaos/judge-hit-pod.ts';
import {
  candidatesOf,
  controllersOf,
  judgePods,
  rightsFor,
  rightsToFind,
} from '../../src/policies/chaos/judge-pods.ts';
import { longestFaultMs } from '../../src/policies/chaos/lease-plan.ts';
import { mapPartErrors } from '../kernel/support/map-part-errors.ts';
import { dropClaim, hitUnderClaim, refuseControllers } from './support/pod-claims.ts';

export function createPodFaultActivities(pods: FaultPods): PodFaultActivities {
  return {
    examinePods: (selection) =>
      mapPartErrors(async () => {
        const toFind = await Promise.all(
          rightsToFind(selection).map((right) => pods.refuseRight(selection, right)),
        );
        const unfound = toFind.filter((each) => each !== undefined);
        if (unfound.length > 0) return { pods: [], refusals: unfound };
        const found = await pods.list(selection);
        const rights = await Promise.all(
          rightsFor(found).map((right) => pods.refuseRight(selection, right)),
        );
        const refused = rights.filter((each) => each !== undefined);
        const controllers = controllersOf(found).map((owner) => ({ ...selection, owner }));
        // Only of what this worker may read.
        const claimed = refused.length > 0 ? [] : await refuseControllers(pods, controllers);
        const refusals = [...refused, ...judgePods(selection, found), ...claimed];
        return { pods: refusals.length > 0 ? [] : candidatesOf(selection, found), refusals };
      }),

    crashPod: (call) =>
      mapPartErrors(() => {
        const atMostMs = longestFaultMs(call.durationMs);
        return hitUnderClaim(pods, { ...call, atMostMs }, (isRepeated) =>
          pods.crash(call, isRepeated),
        );
      }),

    observePod: (pod) =>
      mapPartErrors(async () => {
        const found = await pods.find(pod);
        const [around, wanted] = await Promise.all([pods.list(pod), pods.wanted(pod)]);
        return judgeHitPod(pod, { found, pods: around, wanted });
      }),

    sparePod: (call) =>
      mapPartErrors(async () => {
        await pods.spare(call);
        await dropClaim(pods, call);
      }),
  };
}
