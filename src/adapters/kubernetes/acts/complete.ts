/** The progress of the user's Deployment towards its template. */
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { nameOf } from '../objects/fenced-patch.ts';
import { readRecord } from '../objects/record.ts';
import { deploymentDrift } from '../state/drift.ts';
import { currentReplicaSet, templateHashOf } from '../state/template-revision.ts';
import { isComplete } from '../state/update-state.ts';
import type { Act } from './act.ts';
import { drainWaitMs } from './act.ts';
import { readCanary } from './canary-workload.ts';
import type { Held } from './held.ts';
import { replicaSetsOf } from './stable-template.ts';

/** A complete Deployment. */
export interface Complete {
  /** The hash of the template that it runs. */
  hash: string;
  /** The generation of its spec: later changes are not complete yet. */
  generation: number | undefined;
}

/**
 * Waits until the Deployment is complete with the release that it was given. Throws `drifted` if
 * others have changed what it should run.
 */
export async function awaitComplete(act: Act): Promise<Complete> {
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
    await requireNoDrift(act, { deployment });
    how = `${deployment.status?.updatedReplicas ?? 0} of ${deployment.spec?.replicas ?? 1} pods run its release, ${deployment.status?.availableReplicas ?? 0} are available`;
    if (!isComplete(deployment)) return undefined;
    const hash = await currentHash(act, { deployment });
    return hash === undefined ? undefined : { hash, generation: deployment.metadata?.generation };
  });
}

/** If the act itself pauses the Deployment again, that pause is not drift. */
async function requireNoDrift(act: Act, { deployment }: Pick<Held, 'deployment'>): Promise<void> {
  const record = readRecord(deployment.metadata);
  if (record === undefined || record.phase === 'claimed') return;
  const replicaSets = await replicaSetsOf(act, { deployment });
  const canary = await readCanary(act, record);
  const drift = deploymentDrift({ deployment, replicaSets, canary }, record);
  if (drift.length > 0) throw new PlatformError('drifted', drift.join('; '));
}

/** The hash of the current template; undefined while no ReplicaSet runs it. */
async function currentHash(
  act: Act,
  { deployment }: Pick<Held, 'deployment'>,
): Promise<string | undefined> {
  const current = currentReplicaSet(deployment, await replicaSetsOf(act, { deployment }));
  return current && templateHashOf(current);
}
