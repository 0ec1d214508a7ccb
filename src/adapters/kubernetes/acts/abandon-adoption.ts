/** Takes an adoption back, at whatever point it was: the canary's ReplicaSet is the canary's again. */
import type { V1PodTemplateSpec, V1ReplicaSet } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import {
  detachSteps,
  isControlledBy,
  loosenSteps,
  renounceSteps,
  startAgainSteps,
  wasStoppedFor,
} from '../objects/adoption-steps.ts';
import { nameOf, patchFenced } from '../objects/fenced-patch.ts';
import { unlessGone } from '../routing/is-gone.ts';
import { templateDigest } from '../state/template-revision.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import { canaryLabels, controlledBy, ownerOfCanary } from './canary-objects.ts';
import { canarySetOf } from './canary-workload.ts';
import { giveTemplate } from './given-template.ts';
import type { Held } from './held.ts';
import { patchHeld } from './held.ts';
import { keptTemplateOf } from './kept-template.ts';
import { fullSizeSteps } from './replica-plan.ts';
import { bringBackSetAside, endAside, patchStable } from './set-aside.ts';
import { allAtOnce, ownStrategy, ownStrategySteps, recreate, strategySteps } from './strategy.ts';

/**
 * Stable's ReplicaSet has its size again before the canary's leaves the Deployment, because a Deployment
 * without any pods starts those of its newest ReplicaSet, whatever that is. The canary's does not count as
 * complete any more by then; otherwise stable's would be scaled to 0 again. Only then does the Deployment get
 * stable's template back, unless others have written another.
 *
 * The canary keeps all traffic. Ends in the phase `claimed` if stable's pods have never been stopped, and
 * otherwise in `reverting`: they get the traffic once all of them are there.
 */
export async function abandonAdoption(act: Act, found: Held): Promise<Held> {
  if (!isUnfinished(found)) return found;
  const held = await beginToAbandon(act);
  const { canaryHash } = held.record;
  if (!isUnfinished(held) || canaryHash === undefined) return held;
  const wanted = held.deployment.spec?.replicas ?? 1;
  const startAgain = (set: V1ReplicaSet) => startAgainSteps(set, wanted, canaryHash);
  const loosened = await loosen(act, held, canaryHash);
  const owner = isAdoptedBy(held, loosened) ? await ownerOfCanary(act, held) : undefined;
  await patchStable(act, held, startAgain);
  const canary = owner ? await detach(act, held, { owner, canaryHash, wanted }) : loosened;
  const stable = await bringBackSetAside(act, held, canary?.spec?.template, startAgain);
  const template = await keptTemplateOf(act, held, { hash: held.record.stableHash });
  return stable && !wasStoppedFor(stable, canaryHash)
    ? rest(act, template)
    : revert(act, template, stable);
}

/**
 * Nothing had been written to the Deployment. A worker may have died, or may be late, just before that: stable's
 * ReplicaSet may be set aside already.
 */
export async function endPreparation(act: Act, held: Held): Promise<void> {
  const { phase, weight, canaryHash } = held.record;
  if (phase !== 'claimed') return;
  if (weight !== 100 || canaryHash === undefined) return endAside(act, held);
  const canary = await act.api.get(canarySetOf(act, canaryHash));
  await bringBackSetAside(act, held, canary?.spec?.template);
}

/** A late adoption is refused from here on; it must not have been made. */
export async function renounceAdoption(act: Act, held: Held, canaryHash: string): Promise<void> {
  await patchFenced(act.api, canarySetOf(act, canaryHash), act.fence, (present) => {
    if (isControlledBy(present, held.deployment)) throw adoptedMeanwhile(act);
    return renounceSteps(present);
  });
}

function isUnfinished({ record: { phase } }: Held): boolean {
  return phase === 'adopting' || phase === 'abandoning';
}

/** From here on the Deployment does not get a record of the adoption any more, and changes no ReplicaSet. */
async function beginToAbandon(act: Act): Promise<Held> {
  return patchHeld(act, (present) => {
    const steps = stillSteps(present);
    const isBegun = present.record.phase === 'abandoning' && steps.length === 0;
    if (!isUnfinished(present) || isBegun) return 'as-wanted';
    return { record: { phase: 'abandoning' }, steps, isExclusive: true };
  });
}

/** What others may have changed while it was to change nothing. */
function stillSteps(present: Held): PatchStep[] {
  const { spec } = present.deployment;
  return [
    ...(spec?.paused ? [] : [{ op: 'add' as const, path: '/spec/paused', value: true }]),
    ...(spec?.strategy?.type === recreate.type ? [] : strategySteps(recreate)),
    ...fullSizeSteps(present),
  ];
}

/** The adoption does not stop stable's pods any more; one that comes late is refused. */
async function loosen(act: Act, held: Held, canaryHash: string): Promise<V1ReplicaSet | undefined> {
  return unlessGone(
    patchFenced(act.api, canarySetOf(act, canaryHash), act.fence, (present) =>
      isControlledBy(present, held.deployment) ? loosenSteps(present) : renounceSteps(present),
    ),
  );
}

function isAdoptedBy({ deployment }: Held, set: V1ReplicaSet | undefined): boolean {
  return set !== undefined && isControlledBy(set, deployment);
}

interface Detaching {
  owner: Awaited<ReturnType<typeof ownerOfCanary>>;
  canaryHash: string;
  wanted: number;
}

async function detach(
  act: Act,
  held: Held,
  { owner, canaryHash, wanted }: Detaching,
): Promise<V1ReplicaSet | undefined> {
  return unlessGone(
    patchFenced(act.api, canarySetOf(act, canaryHash), act.fence, (present) =>
      isControlledBy(present, held.deployment)
        ? detachSteps(present, controlledBy(owner, held), {
            labels: canaryLabels(act, held.record),
            release: held.record.adopts,
            replicas: wanted,
          })
        : 'as-wanted',
    ),
  );
}

/** Stable's pods are there, and the Deployment stays paused. */
async function rest(act: Act, template: V1PodTemplateSpec): Promise<Held> {
  return patchHeld(act, ({ deployment, record }) => {
    if (record.phase !== 'abandoning') return 'as-wanted';
    const isOurs =
      deployment.spec !== undefined && templateDigest(deployment.spec.template) === record.given;
    return {
      record: {
        phase: 'claimed',
        given: undefined,
        kept: undefined,
        strategy: undefined,
        adopts: undefined,
      },
      steps: [
        { op: 'test', path: '/metadata/generation', value: deployment.metadata?.generation },
        ...(isOurs ? [{ op: 'replace' as const, path: '/spec/template', value: template }] : []),
        ...ownStrategySteps(record),
        { op: 'add', path: '/spec/paused', value: true },
      ],
      isExclusive: true,
    };
  });
}

/** The Deployment starts stable's pods without traffic, as after a promotion that is reverted. */
async function revert(
  act: Act,
  template: V1PodTemplateSpec,
  stable: V1ReplicaSet | undefined,
): Promise<Held> {
  if (stable !== undefined) await awaitSeen(act, stable);
  return giveTemplate(act, template, (present, { steps }) =>
    present.record.phase === 'abandoning'
      ? {
          record: { phase: 'reverting', strategy: ownStrategy(present), adopts: undefined },
          steps: [...steps, ...strategySteps(allAtOnce), ...fullSizeSteps(present)],
          isExclusive: true,
        }
      : 'as-wanted',
  );
}

/**
 * Returns when the controllers of Kubernetes, which read ReplicaSets from one cache, have seen that it is not set
 * aside: otherwise the Deployment would create another one for its template.
 */
async function awaitSeen(act: Act, { metadata }: V1ReplicaSet): Promise<void> {
  const { namespace } = act.target;
  const name = metadata?.name ?? '';
  const kinds = ['replicasets'] as const;
  const what = () => `ReplicaSet ${name} to be seen by its controller`;
  await act.api.until({ kinds, namespace, timeoutMs: quickWaitMs, what }, async () => {
    const now = await act.api.get({ kind: 'replicasets', namespace, name });
    const seen = now?.status?.observedGeneration ?? 0;
    return now === undefined || seen >= (metadata?.generation ?? 0) ? true : undefined;
  });
}

function adoptedMeanwhile({ stable }: Act): PlatformError {
  return new PlatformError('unavailable', `${nameOf(stable)} adopted the canary at the same time`);
}
