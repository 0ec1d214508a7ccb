import { Context } from '@temporalio/activity';
import type { FaultPods, PodFaultActivities } from '../../src/contracts/chaos/pod-faults.ts';
import { judgeHitPod } from '../../src/policies/chaos/judge-hit-pod.ts';
import { candidatesOf, judgePods, rightsFor } from '../../src/policies/chaos/judge-pods.ts';
import { mapPartErrors } from '../kernel/support/map-part-errors.ts';

export function createPodFaultActivities(pods: FaultPods): PodFaultActivities {
  return {
    examinePods: (selection) =>
      mapPartErrors(async () => {
        // Whoever may not list them is told so, and not that there are none.
        const [mayList] = rightsFor([]);
        const refusal = mayList && (await pods.refuseRight(selection, mayList));
        if (refusal !== undefined) return { pods: [], refusals: [refusal] };
        const found = await pods.list(selection);
        const rights = await Promise.all(
          rightsFor(found).map((right) => pods.refuseRight(selection, right)),
        );
        const refusals = [
          ...rights.filter((each) => each !== undefined),
          ...judgePods(selection, found),
        ];
        return { pods: refusals.length > 0 ? [] : candidatesOf(selection, found), refusals };
      }),

    crashPod: (call) => mapPartErrors(() => pods.crash(call, Context.current().info.attempt > 1)),

    observePod: (pod) =>
      mapPartErrors(async () => {
        const found = await pods.find(pod);
        const [around, wanted] = await Promise.all([pods.list(pod), pods.wanted(pod)]);
        return judgeHitPod(pod, { found, pods: around, wanted });
      }),

    sparePod: (call) => mapPartErrors(() => pods.spare(call)),
  };
}
