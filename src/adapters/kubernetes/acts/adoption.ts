/** Makes the canary's ReplicaSet the Deployment's own: the pods that were judged become stable. */
import type { V1PodTemplateSpec, V1ReplicaSet } from '@kubernetes/client-node';
import type { UpdateProgress } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { isBeingDeleted } from '../../kubernetes-api/objects/pod-view.ts';
import { adoptionSteps, hasTemplateOf, isControlledBy } from '../objects/adoption-steps.ts';
import { noteSteps, notesOn } from '../objects/canary-notes.ts';
import { nameOf, patchFenced } from '../objects/fenced-patch.ts';
import { labels } from '../objects/names.ts';
import { withHash } from '../objects/template.ts';
import { unlessGone } from '../routing/is-gone.ts';
import { isComplete } from '../state/update-state.ts';
import { templateDigest } from '../state/template-revision.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import { canarySetOf } from './canary-workload.ts';
import { unlessTimedOut } from './endpoints.ts';
import { giveAdmitted } from './given-template.ts';
import type { Held, HeldChange } from './held.ts';
import { patchHeld } from './held.ts';
import { bringBackSetAside, removeSetAside, setAside } from './set-aside.ts';
import { stableTemplate } from './stable-template.ts';

export interface Adoption {
  /** The template of the release, as the canary's ReplicaSet has it. */
  release: V1PodTemplateSpec;
  /** Throws if the Deployment must not get it any more. */
  check: (present: Held) => void;
}

/**
 * All traffic is on the canary's pods. The paused Deployment gets the release, and then, in one write, the
 * ReplicaSet: until that write everything can be undone. `differs`: the templates cannot be made equal.
 */
export async function adoptCanary(
  act: Act,
  found: Held,
  { release, check }: Adoption,
): Promise<UpdateProgress | 'differs'> {
  await setAside(act, found, release);
  const held = await announce(act, release, check);
  const set = await withTemplateOf(act, held);
  if (!hasTemplateOf(set, held.deployment)) {
    await bringBackSetAside(act, held);
    return 'differs';
  }
  await patchFenced(act.api, setOf(act, held), act.fence, (present) =>
    isControlledBy(present, held.deployment)
      ? 'as-wanted'
      : adoptionSteps(present, held.deployment),
  );
  return finishAdoption(act, held);
}

/** Whether the ReplicaSet is the Deployment's already: a worker may have died before it was recorded. */
export async function isAdopted(act: Act, held: Held): Promise<boolean> {
  if (held.record.phase !== 'adopting') return false;
  const ref = setOf(act, held);
  const set = (await act.api.get(ref)) ?? (await act.api.getLive(ref));
  return set !== undefined && isControlledBy(set, held.deployment);
}

/** The controller scales the old ReplicaSets to 0, also while the Deployment is paused. */
export async function finishAdoption(act: Act, held: Held): Promise<UpdateProgress> {
  await removeSetAside(act, held);
  const areGone = await unlessTimedOut(oldPodsGone(act, held));
  const promotedBy = act.fence.rolloutId;
  await patchHeld(act, (present) =>
    areGone === undefined
      ? adopted(present, promotedBy)
      : { record: { ...atRest(present), promotedBy } },
  );
  return areGone === undefined ? 'under-way' : 'done';
}

/**
 * For whatever comes instead of the promotion: an adoption that was begun is cancelled, or recorded if
 * it was made. The fence on the Deployment is raised already; that on the ReplicaSet decides which.
 */
export async function cancelAdoption(act: Act, held: Held): Promise<Held> {
  if (held.record.phase !== 'adopting') return held;
  const set = await unlessGone(patchFenced(act.api, setOf(act, held), act.fence, () => []));
  if (set !== undefined && isControlledBy(set, held.deployment)) {
    return patchHeld(act, (present) => adopted(present));
  }
  await bringBackSetAside(act, held);
  const value = await stableTemplate(act, held);
  return patchHeld(act, () => ({
    record: { phase: 'claimed', given: undefined },
    steps: [{ op: 'replace', path: '/spec/template', value }],
  }));
}

/** Nothing is rolled out: the Deployment stays paused. */
function announce(act: Act, release: V1PodTemplateSpec, check: Adoption['check']): Promise<Held> {
  const wanted = { template: release, digest: templateDigest(release) };
  return giveAdmitted(act, wanted, (present, { template, isSet }) => {
    const { record, deployment } = present;
    if (record.phase === 'adopting' && (isSet || hasGiven(present))) return 'as-wanted';
    check(present);
    return {
      record: { phase: 'adopting' },
      steps: [
        { op: 'test', path: '/metadata/generation', value: deployment.metadata?.generation },
        template,
      ],
    };
  });
}

/** Admission may have stored another template than was sent. */
function hasGiven({ deployment: { spec }, record: { given } }: Held): boolean {
  return spec !== undefined && templateDigest(spec.template) === given;
}

/** The ReplicaSet with the template that the Deployment has now; its pods stay. */
async function withTemplateOf(act: Act, held: Held): Promise<V1ReplicaSet> {
  const { canaryHash = '' } = held.record;
  const { template } = held.deployment.spec ?? {};
  return patchFenced(act.api, setOf(act, held), act.fence, (present) => {
    if (template === undefined || hasTemplateOf(present, held.deployment)) return 'as-wanted';
    const value = withHash(template, canaryHash);
    return [...noteSteps(notesOn(value)), { op: 'replace', path: '/spec/template', value }];
  });
}

async function oldPodsGone(act: Act, { record }: Held): Promise<true> {
  let left = 0;
  const { namespace } = act.target;
  const kinds = ['pods', 'deployments'] as const;
  const what = () => `${left} old pods of ${nameOf(act.stable)} to stop`;
  return act.api.until({ kinds, namespace, timeoutMs: quickWaitMs, what }, async () => {
    const pods = await act.api.list('pods', namespace, {
      [labels.templateHash]: record.stableHash,
    });
    left = pods.filter((pod) => !isBeingDeleted(pod)).length;
    const deployment = await act.api.get(act.stable);
    return left === 0 && deployment !== undefined && isComplete(deployment) ? true : undefined;
  });
}

type RecordChange = NonNullable<HeldChange['record']>;

/** The Deployment is resumed: it also becomes complete if its size has changed at the same time. */
function adopted(present: Held, promotedBy?: string): HeldChange {
  const { given } = present.record;
  return {
    record: { ...atRest(present), phase: 'adopted', promotedBy, given },
    steps: [{ op: 'add', path: '/spec/paused', value: false }],
  };
}

function atRest({ record: { canaryHash, stableHash } }: Held): RecordChange {
  return {
    phase: 'claimed',
    stableHash: canaryHash ?? stableHash,
    canaryHash: undefined,
    weight: 0,
    settledAtMs: undefined,
    followedAtMs: undefined,
    size: undefined,
    given: undefined,
  };
}

function setOf(act: Act, { record: { canaryHash } }: Held) {
  if (canaryHash !== undefined) return canarySetOf(act, canaryHash);
  throw new PlatformError('conflict', `${nameOf(act.stable)} has no ReplicaSet to adopt`);
}
