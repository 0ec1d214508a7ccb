import { ApplicationFailure, Context } from '@temporalio/activity';
import {
  PodFaultError,
  type FaultPods,
  type PodFaultActivities,
  type PodFaultErrorCode,
} from '../../src/contracts/chaos/pod-faults.ts';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import { judgeHitPod } from '../../src/policies/chaos/judge-hit-pod.ts';
import { candidatesOf, judgePods, rightsFor } from '../../src/policies/chaos/judge-pods.ts';

export function createPodFaultActivities(pods: FaultPods): PodFaultActivities {
  return {
    examinePods: (selection) =>
      mapped(async () => {
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

    crashPod: (call) => mapped(() => pods.crash(call, Context.current().info.attempt > 1)),

    observePod: (pod) =>
      mapped(async () => {
        const found = await pods.find(pod);
        const [around, wanted] = await Promise.all([pods.list(pod), pods.wanted(pod)]);
        return judgeHitPod(pod, { found, pods: around, wanted });
      }),

    sparePod: (call) => mapped(() => pods.spare(call)),
  };
}

const types: Readonly<Record<PodFaultErrorCode, string>> = {
  refused: failureTypes.targetRefused,
  'stale-fence': failureTypes.staleFence,
  unavailable: failureTypes.targetUnavailable,
};

async function mapped<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof PodFaultError)) throw error;
    const { code, message } = error;
    const options = { message, type: types[code], nonRetryable: code !== 'unavailable' };
    throw ApplicationFailure.create({ ...options, cause: error });
  }
}
