/** Makes the canary's ReplicaSet the Deployment's own: the pods that were judged become stable. */
import type { V1Deployment, V1PodTemplateSpec, V1ReplicaSet } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { isBeingDeleted } from '../../kubernetes-api/objects/pod-view.ts';
import {
  adoptedSizeSteps,
  adoptionSteps,
  hasTemplateOf,
  isAvailableFor,
  isControlledBy,
} from '../objects/adoption-steps.ts';
import { noteSteps, notesOn } from '../objects/canary-notes.ts';
import { nameOf, patchFenced } from '../objects/fenced-patch.ts';
import { annotations, labels } from '../objects/names.ts';
import type { KeptTemplate } from '../objects/record.ts';
import { withHash } from '../objects/template.ts';
import { interferenceWith, inWords, type Interference } from '../state/interference.ts';
import { templateDigest, templateHashOf } from '../state/template-revision.ts';
import { abandonAdoption, endPreparation, renounceAdoption } from './abandon-adoption.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import { canarySetOf } from './canary-workload.ts';
import { unlessTimedOut } from './endpoints.ts';
import { giveAdmitted } from './given-template.ts';
import type { Held, HeldChange } from './held.ts';
import { patchHeld, readHeldLive } from './held.ts';
import { mayGetSize } from './replica-plan.ts';
import { setAside } from './set-aside.ts';
import { replicaSetsOf } from './stable-template.ts';
import { ownStrategy, ownStrategySteps, recreate, strategySteps } from './strategy.ts';

export interface Adoption {
  /** The template of the release, as the canary's ReplicaSet has it. */
  release: V1PodTemplateSpec;
  /** From what stable can be restored. */
  kept: KeptTemplate;
  /** Throws if the Deployment must not get it any more. */
  check: (present: Held) => void;
}

/** `refused`: the canary is a bare one, as before, and nothing will adopt it any more. */
export type AdoptionOutcome = 'done' | 'refused';

/** How long the Deployment's controller may take. */
const adoptionWaitMs = 15_000;

/**
 * All traffic is on the canary's pods. The paused Deployment gets the release, and then, in one write, the
 * ReplicaSet. Until the old pods have stopped, everything can be undone, and the Deployment does nothing
 * to the canary's pods, whatever others write into it: it is paused, it has no ReplicaSet that would
 * count as complete instead, and with `Recreate` it changes no sizes.
 */
export async function adoptCanary(
  act: Act,
  found: Held,
  adoption: Adoption,
): Promise<AdoptionOutcome> {
  const held = await announce(act, found, adoption);
  if (held === 'refused') return held;
  const interference = interferenceWith(held.deployment, held.record);
  if (interference !== undefined) throw await takenBack(act, held, interference);
  const isStill = held.deployment.spec?.strategy?.type === recreate.type;
  const set = isStill ? await withTemplateOf(act, held) : undefined;
  if (!set || !hasTemplateOf(set, held.deployment)) return refuseAdoption(act, held);
  const own = ownStrategy(held);
  await patchFenced(act.api, setOf(act, held), act.fence, (present) =>
    isControlledBy(present, held.deployment)
      ? 'as-wanted'
      : adoptionSteps(present, held.deployment, own),
  );
  return finishAdoption(act, held);
}

/** The Deployment is to replace its own pods instead. Throws if they have stopped already, and start again. */
export async function refuseAdoption(act: Act, held: Held): Promise<'refused'> {
  const { record } = await abandonAdoption(act, held);
  if (record.phase === 'claimed') return 'refused';
  throw new PlatformError(
    'unavailable',
    `${nameOf(act.stable)} adopts the canary no more; its old pods had stopped, and it replaces them instead`,
  );
}

/** Whether the Deployment would be complete with the canary's pods at once; otherwise nothing adopts them any more. */
export async function canAdoptNow(act: Act, held: Held): Promise<boolean> {
  if (await isAvailable(act, held)) return true;
  await renounceAdoption(act, held, hashOf(act, held));
  return false;
}

/** Whether the ReplicaSet is the Deployment's already: a worker may have died before it was recorded. */
export async function isAdopted(act: Act, held: Held): Promise<boolean> {
  if (held.record.phase !== 'adopting') return false;
  const set = await act.api.getLive(setOf(act, held));
  return set !== undefined && isControlledBy(set, held.deployment);
}

/**
 * The controller scales the old ReplicaSets to 0, also while the Deployment is paused. If it does not, or if
 * others have changed the Deployment before that is recorded, the adoption is taken back.
 */
export async function finishAdoption(act: Act, held: Held): Promise<AdoptionOutcome> {
  const outcome = await unlessTimedOut(oldPodsGone(act, held));
  if (outcome === undefined && (await areScaledDown(act, held))) {
    throw new PlatformError(
      'unavailable',
      `old pods of ${nameOf(act.stable)} have not stopped yet`,
    );
  }
  if (outcome === undefined || outcome === 'too-large') return refuseAdoption(act, held);
  const interference = outcome === 'gone' ? await commit(act) : outcome;
  if (interference !== undefined) throw await takenBack(act, held, interference);
  return 'done';
}

/** A person decides; until then the canary has the traffic, and is not the Deployment's. Answers what to tell. */
export async function takenBack(
  act: Act,
  held: Held,
  interference: Interference,
): Promise<PlatformError> {
  const { deployment } = await readHeldLive(act, () => {});
  const { record } = await abandonAdoption(act, held);
  if (record.promotedBy === act.fence.rolloutId) return notAtRest(act);
  return new PlatformError('drifted', inWords(interference, deployment));
}

/** Nothing is rolled out: the Deployment stays paused. */
async function announce(
  act: Act,
  found: Held,
  { release, kept, check }: Adoption,
): Promise<Held | 'refused'> {
  const adopts = await releaseDigest(act, found);
  const wanted = { template: release, digest: templateDigest(release) };
  await setAside(act, found, release);
  try {
    const held = await giveAdmitted(act, wanted, (present, { template, isSet }) => {
      const { record, deployment } = present;
      if (record.phase === 'adopting') {
        if (isSet || hasGiven(present)) return 'as-wanted';
        throw new PlatformError('drifted', inWords('edited', deployment));
      }
      if (record.phase !== 'claimed' || record.promotedBy === act.fence.rolloutId) {
        throw notAtRest(act);
      }
      check(present);
      return {
        record: { phase: 'adopting', kept, adopts, strategy: ownStrategy(present) },
        steps: [
          { op: 'test', path: '/metadata/generation', value: deployment.metadata?.generation },
          template,
          ...strategySteps(recreate),
        ],
        isExclusive: true,
      };
    });
    // What an earlier attempt has written may have been changed since.
    return found.record.phase === 'adopting' ? await readHeldLive(act, requireAdopting(act)) : held;
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    if (error.code !== 'drifted' && error.code !== 'invalid') throw error;
    const held = await abandonAdoption(act, await readHeldLive(act, () => {}));
    await endPreparation(act, held);
    if (error.code === 'drifted') throw error;
    // Admission may not let a Deployment have this strategy; if it refuses the release, that is said again.
    await renounceAdoption(act, held, hashOf(act, held));
    return 'refused';
  }
}

function requireAdopting(act: Act): (held: Held) => void {
  return ({ record: { phase } }) => {
    if (phase !== 'adopting') throw notAtRest(act);
  };
}

/** Admission may have stored another template than was sent. */
function hasGiven({ deployment: { spec }, record: { given } }: Held): boolean {
  return spec !== undefined && templateDigest(spec.template) === given;
}

/** The ReplicaSet with the template that the Deployment has now; its pods stay. */
async function withTemplateOf(act: Act, held: Held): Promise<V1ReplicaSet> {
  const { template } = held.deployment.spec ?? {};
  return patchFenced(act.api, setOf(act, held), act.fence, (present) => {
    if (template === undefined || hasTemplateOf(present, held.deployment)) return 'as-wanted';
    const value = withHash(template, hashOf(act, held));
    return [...noteSteps(notesOn(value)), { op: 'replace', path: '/spec/template', value }];
  });
}

/** Where pods count as available only later, the Deployment would stop its old ones only then. */
async function isAvailable(act: Act, held: Held): Promise<boolean> {
  const kinds = ['replicasets', 'deployments'] as const;
  const { namespace } = act.target;
  const what = () => `the pods of the canary of ${nameOf(act.stable)} to be available`;
  const waited = act.api.until({ kinds, namespace, timeoutMs: quickWaitMs, what }, async () => {
    const set = await act.api.get(setOf(act, held));
    const deployment = await act.api.get(act.stable);
    if (set === undefined || deployment === undefined) return undefined;
    if (!mayGetSize(set, deployment.spec?.replicas ?? 1)) return false;
    return isControlledBy(set, deployment) || isAvailableFor(set, deployment) ? true : undefined;
  });
  return (await unlessTimedOut(waited)) ?? false;
}

/** Sizes the adopted ReplicaSet as the Deployment until then: a paused one with `Recreate` does not. */
async function oldPodsGone(act: Act, held: Held): Promise<'gone' | 'too-large' | Interference> {
  const { namespace } = act.target;
  const kinds = ['pods', 'deployments', 'replicasets'] as const;
  const what = () => `the old pods of ${nameOf(act.stable)} to stop`;
  const since = held.deployment.metadata?.generation ?? 0;
  return act.api.until({ kinds, namespace, timeoutMs: adoptionWaitMs, what }, async () => {
    const deployment = await act.api.get(act.stable);
    if (deployment === undefined || (deployment.metadata?.generation ?? 0) < since)
      return undefined;
    const interference = interferenceWith(deployment, held.record);
    if (interference !== undefined) return interference;
    if (await areScaledDown(act, held)) return (await haveStopped(act, held)) ? 'gone' : undefined;
    return (await sizeAdopted(act, held, deployment)) ? undefined : 'too-large';
  });
}

/** Answers whether it has the size of the Deployment: pods that have traffic are not always stopped for that. */
async function sizeAdopted(act: Act, held: Held, deployment: V1Deployment): Promise<boolean> {
  const isTooLarge = (set: V1ReplicaSet) => !mayGetSize(set, deployment.spec?.replicas ?? 1);
  const set = await patchFenced(act.api, setOf(act, held), act.fence, (present) =>
    isTooLarge(present) ? 'as-wanted' : adoptedSizeSteps(present, deployment, ownStrategy(held)),
  );
  return !isTooLarge(set);
}

async function haveStopped(act: Act, held: Held): Promise<boolean> {
  const pods = await act.api.list('pods', act.target.namespace, {
    [labels.templateHash]: held.record.stableHash,
  });
  return pods.every(isBeingDeleted);
}

async function areScaledDown(act: Act, held: Held): Promise<boolean> {
  const adopted = hashOf(act, held);
  const sets = await replicaSetsOf(act, held);
  const isThere = sets.some((set) => templateHashOf(set) === adopted);
  const others = sets.filter((set) => templateHashOf(set) !== adopted);
  return isThere && others.every(({ spec }) => (spec?.replicas ?? 0) === 0);
}

/** Answers what prevents it. */
async function commit(act: Act): Promise<Interference | undefined> {
  let interference: Interference | undefined;
  await patchHeld(act, (present) => {
    const { deployment, record } = present;
    interference = record.phase === 'adopting' ? interferenceWith(deployment, record) : undefined;
    return interference === undefined ? atRest(act, present) : 'as-wanted';
  });
  return interference;
}

/** The end: from here on only another rollout goes back. */
function atRest(act: Act, { deployment, record }: Held): HeldChange | 'as-wanted' {
  const { rolloutId } = act.fence;
  const { phase, canaryHash, stableHash, promotedBy } = record;
  if (phase === 'claimed' && promotedBy === rolloutId) return 'as-wanted';
  if (phase !== 'adopting') throw notAtRest(act);
  return {
    record: {
      phase: 'claimed',
      stableHash: canaryHash ?? stableHash,
      canaryHash: undefined,
      promotedBy: rolloutId,
      weight: 0,
      settledAtMs: undefined,
      followedAtMs: undefined,
      size: undefined,
      given: undefined,
      kept: undefined,
      strategy: undefined,
      adopts: undefined,
    },
    steps: [
      { op: 'test', path: '/metadata/generation', value: deployment.metadata?.generation },
      { op: 'add', path: '/spec/paused', value: true },
      ...ownStrategySteps(record),
    ],
    isExclusive: true,
  };
}

/** What the canary notes of its release, until it is adopted. */
async function releaseDigest(act: Act, held: Held): Promise<string | undefined> {
  const set = await act.api.get(setOf(act, held));
  return set?.metadata?.annotations?.[annotations.template] ?? held.record.adopts;
}

function notAtRest(act: Act): PlatformError {
  return new PlatformError(
    'unavailable',
    `another attempt ends the adoption of the canary by ${nameOf(act.stable)}, or takes it back`,
  );
}

function setOf(act: Act, held: Held) {
  return canarySetOf(act, hashOf(act, held));
}

function hashOf(act: Act, { record: { canaryHash } }: Held): string {
  if (canaryHash !== undefined) return canaryHash;
  throw new PlatformError('conflict', `${nameOf(act.stable)} has no ReplicaSet to adopt`);
}
