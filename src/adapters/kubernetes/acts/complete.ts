/** How far the user's Deployment is with its template. */
import { nameOf } from '../objects/fenced-patch.ts';
import { currentReplicaSet, templateHashOf } from '../state/template-revision.ts';
import { isComplete } from '../state/update-state.ts';
import type { Act } from './act.ts';
import { drainWaitMs } from './act.ts';
import type { Held } from './held.ts';
import { replicaSetsOf } from './stable-template.ts';

/** Waits until the Deployment is complete; answers the hash of the template that it then runs. */
export async function awaitComplete(act: Act): Promise<string> {
  let how = 'not there';
  const wait = {
    kinds: ['deployments', 'replicasets'] as const,
    namespace: act.target.namespace,
    timeoutMs: drainWaitMs,
    what: () => `${nameOf(act.stable)} to be complete: ${how}`,
  };
  return act.api.until(wait, async () => {
    const deployment = await act.api.get(act.stable);
    if (deployment === undefined) return undefined;
    how = `${deployment.status?.updatedReplicas ?? 0} of ${deployment.spec?.replicas ?? 1} pods run its release, ${deployment.status?.availableReplicas ?? 0} are available`;
    if (!isComplete(deployment)) return undefined;
    return currentHash(act, { deployment });
  });
}

/** The hash of the template as it is written now; undefined while no ReplicaSet runs it. */
export async function currentHash(
  act: Act,
  { deployment }: Pick<Held, 'deployment'>,
): Promise<string | undefined> {
  const current = currentReplicaSet(deployment, await replicaSetsOf(act, { deployment }));
  return current && templateHashOf(current);
}
