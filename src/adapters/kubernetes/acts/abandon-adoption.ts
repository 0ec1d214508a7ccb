/** Takes an adoption back, at whatever point it was: the canary's ReplicaSet is the canary's again. */
import type { V1ReplicaSet } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { detachSteps, isControlledBy, renounceSteps } from '../objects/adoption-steps.ts';
import { nameOf, patchFenced } from '../objects/fenced-patch.ts';
import { unlessGone } from '../routing/is-gone.ts';
import { templateDigest } from '../state/template-revision.ts';
import type { Act } from './act.ts';
import { canaryLabels, controlledBy, ownerOfCanary } from './canary-objects.ts';
import { canarySetOf } from './canary-workload.ts';
import { giveTemplate } from './given-template.ts';
import type { Held } from './held.ts';
import { patchHeld } from './held.ts';
import { keptTemplateOf } from './kept-template.ts';
import { fullSizeSteps } from './replica-plan.ts';
import { bringBackSetAside, endAside } from './set-aside.ts';
import { allAtOnce, ownStrategy, ownStrategySteps, strategySteps } from './strategy.ts';

/** `for-stable`: stable is to serve again. `for-rolling-out`: the Deployment gets the release otherwise. */
export type Purpose = 'for-stable' | 'for-rolling-out';

/**
 * First the canary's ReplicaSet leaves the Deployment, and then the Deployment gets stable's template back,
 * unless others have written another: the other way round, its controller would stop the pods that serve.
 * The canary keeps all traffic. If stable's pods are gone already, they start again, as in a revert.
 */
export async function abandonAdoption(act: Act, found: Held, purpose: Purpose): Promise<Held> {
  const { phase, weight, canaryHash } = found.record;
  if (canaryHash === undefined) return found;
  if (phase === 'claimed') {
    // A worker may have died, or may be late, just before the first write on the Deployment.
    if (weight === 100) await bringBackSetAside(act, found, await releaseOf(act, canaryHash));
    else await endAside(act, found);
    return found;
  }
  if (phase !== 'adopting' && phase !== 'abandoning') return found;
  const held = await beginToAbandon(act);
  if (held.record.phase !== 'abandoning') return held;
  const set = await detach(act, held, canaryHash);
  const stable = await bringBackSetAside(act, held, set?.spec?.template);
  const template = await keptTemplateOf(act, held, { hash: held.record.stableHash });
  if (purpose === 'for-stable' && !isWhole(stable, held)) {
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
  return patchHeld(act, (present) => {
    const { deployment, record } = present;
    if (record.phase !== 'abandoning') return 'as-wanted';
    const isOurs =
      deployment.spec !== undefined && templateDigest(deployment.spec.template) === record.given;
    const replicas = deployment.spec?.replicas ?? 1;
    return {
      record: {
        phase: 'claimed',
        given: undefined,
        kept: undefined,
        strategy: undefined,
        adopts: undefined,
        ...(!isWhole(stable, present) &&
          replicas > 0 && { size: { full: replicas, set: replicas } }),
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

/** From here on the Deployment does not get a record of the adoption any more. */
async function beginToAbandon(act: Act): Promise<Held> {
  return patchHeld(act, (present) =>
    present.record.phase === 'adopting'
      ? { record: { phase: 'abandoning' }, isExclusive: true }
      : 'as-wanted',
  );
}

async function detach(act: Act, held: Held, canaryHash: string): Promise<V1ReplicaSet | undefined> {
  const ref = canarySetOf(act, canaryHash);
  const live = await act.api.getLive(ref);
  if (live === undefined) return undefined;
  const isAdopted = isControlledBy(live, held.deployment);
  const owner = isAdopted ? await ownerOfCanary(act, held) : undefined;
  return unlessGone(
    patchFenced(act.api, ref, act.fence, (present) => {
      if (!isControlledBy(present, held.deployment)) return renounceSteps(present);
      if (owner === undefined) throw adoptedMeanwhile(act);
      return detachSteps(present, controlledBy(owner, held), {
        labels: canaryLabels(act, held.record),
        release: held.record.adopts,
        replicas: held.deployment.spec?.replicas ?? 1,
      });
    }),
  );
}

/** A late adoption is refused from here on; it must not have been made. */
export async function renounceAdoption(act: Act, held: Held, canaryHash: string): Promise<void> {
  await patchFenced(act.api, canarySetOf(act, canaryHash), act.fence, (present) => {
    if (isControlledBy(present, held.deployment)) throw adoptedMeanwhile(act);
    return renounceSteps(present);
  });
}

/** Its pods were not stopped, so it can take the traffic. */
function isWhole(stable: V1ReplicaSet | undefined, { deployment }: Held): boolean {
  return (stable?.spec?.replicas ?? 0) >= (deployment.spec?.replicas ?? 1);
}

async function releaseOf(act: Act, canaryHash: string) {
  return (await act.api.get(canarySetOf(act, canaryHash)))?.spec?.template;
}

function adoptedMeanwhile({ stable }: Act): PlatformError {
  return new PlatformError('unavailable', `${nameOf(stable)} adopted the canary at the same time`);
}
