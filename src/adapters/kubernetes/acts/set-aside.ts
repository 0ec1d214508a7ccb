/**
 * ReplicaSets of the Deployment that must not be its current one while it adopts the canary's: of several
 * with its template, its controller takes the oldest. They are those with the template of the canary, and
 * that of stable: otherwise the controller would scale the canary's pods to 0 if someone wrote the previous
 * release into the Deployment at that moment. An annotation in their templates does it; their pods stay.
 */
import type { V1PodTemplateSpec, V1ReplicaSet } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { ObjectRef, PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { forgetStoppedSteps } from '../objects/adoption-steps.ts';
import { patchFenced } from '../objects/fenced-patch.ts';
import { removeFenced } from '../objects/fenced-removal.ts';
import { annotations } from '../objects/names.ts';
import { isSetAside, withoutSetAside } from '../objects/template.ts';
import { unlessGone } from '../routing/is-gone.ts';
import { sameTemplate, templateHashOf } from '../state/template-revision.ts';
import type { Act } from './act.ts';
import type { Held } from './held.ts';
import { replicaSetsOf } from './stable-template.ts';

export async function setAside(act: Act, held: Held, release: V1PodTemplateSpec): Promise<void> {
  const { canaryHash = '' } = held.record;
  for (const set of await inTheWay(act, held, release)) {
    await unlessGone(
      patchFenced(act.api, refOf(act, set), act.fence, ({ spec }) => {
        const template = spec?.template;
        if (template === undefined) return 'as-wanted';
        const marks = { ...template.metadata?.annotations, [annotations.setAside]: canaryHash };
        if (template.metadata?.annotations?.[annotations.setAside] === canaryHash) return [];
        return [
          { op: 'test', path: '/spec/template', value: template },
          { op: 'add', path: '/spec/template/metadata/annotations', value: marks },
        ];
      }),
    );
  }
}

/**
 * The canary was not adopted. Also raises the fence of those that are not set aside: an adoption that comes
 * late would do it. Answers stable's own, which gets `ofStable` too.
 */
export async function bringBackSetAside(
  act: Act,
  held: Held,
  release: V1PodTemplateSpec | undefined,
  ofStable: (set: V1ReplicaSet) => PatchStep[] = () => [],
): Promise<V1ReplicaSet | undefined> {
  let stable: V1ReplicaSet | undefined;
  for (const set of await inTheWay(act, held, release)) {
    const isStable = templateHashOf(set) === held.record.stableHash;
    const back = await unlessGone(
      patchFenced(act.api, refOf(act, set), act.fence, (present) => [
        ...backSteps(present),
        ...(isStable ? ofStable(present) : []),
      ]),
    );
    if (isStable) stable = back;
  }
  return stable;
}

/** One write on stable's ReplicaSet, set aside or not. */
export async function patchStable(
  act: Act,
  held: Held,
  steps: (set: V1ReplicaSet) => PatchStep[],
): Promise<void> {
  const { stableHash } = held.record;
  const set = (await replicaSetsOf(act, held)).find((one) => templateHashOf(one) === stableHash);
  if (set === undefined) return;
  await unlessGone(patchFenced(act.api, refOf(act, set), act.fence, steps));
}

/**
 * Nothing is being adopted any more. Those with the template of the ReplicaSet that was adopted go, because it
 * has their place in the history.
 */
export async function endAside(act: Act, held: Held): Promise<void> {
  const adopted = held.record.stableHash;
  for (const set of (await replicaSetsOf(act, held)).filter(isChanged)) {
    const ref = refOf(act, set);
    const own = set.spec?.template?.metadata?.annotations?.[annotations.setAside];
    const isStable = templateHashOf(set) === adopted;
    const isReplaced = own === adopted && !isStable && (set.spec?.replicas ?? 0) === 0;
    if (isReplaced && (await isSameAs(act, held, set, adopted))) {
      await removeFenced(act.api, ref, act.fence, requireEmpty);
    } else await unlessGone(patchFenced(act.api, ref, act.fence, asBeforeSteps));
  }
}

async function isSameAs(act: Act, held: Held, set: V1ReplicaSet, hash: string): Promise<boolean> {
  const adopted = (await replicaSetsOf(act, held)).find((one) => templateHashOf(one) === hash);
  const [one, other] = [adopted?.spec?.template, set.spec?.template];
  return one !== undefined && other !== undefined && sameTemplate(one, withoutSetAside(other));
}

/** All but the canary's own, which the Deployment may control already. */
async function inTheWay(
  act: Act,
  held: Held,
  release: V1PodTemplateSpec | undefined,
): Promise<V1ReplicaSet[]> {
  const { stableHash, canaryHash } = held.record;
  return (await replicaSetsOf(act, held)).filter((set) => {
    const template = set.spec?.template;
    const hash = templateHashOf(set);
    if (template === undefined || hash === canaryHash) return false;
    if (hash === stableHash || isSetAside(template)) return true;
    return release !== undefined && sameTemplate(template, release);
  });
}

/** Whether adoptions, or what took them back, have left anything on it. */
function isChanged(set: V1ReplicaSet): boolean {
  const template = set.spec?.template;
  return (template !== undefined && isSetAside(template)) || forgetStoppedSteps(set).length > 0;
}

function asBeforeSteps(set: V1ReplicaSet): PatchStep[] {
  return [...backSteps(set), ...forgetStoppedSteps(set)];
}

function backSteps({ spec }: V1ReplicaSet): PatchStep[] {
  const template = spec?.template;
  if (template === undefined || !isSetAside(template)) return [];
  return [{ op: 'replace', path: '/spec/template', value: withoutSetAside(template) }];
}

function requireEmpty({ metadata, spec }: V1ReplicaSet): void {
  if ((spec?.replicas ?? 0) === 0) return;
  throw new PlatformError(
    'conflict',
    `ReplicaSet ${metadata?.name} has pods, so it is not deleted`,
  );
}

function refOf({ target }: Act, { metadata }: V1ReplicaSet): ObjectRef<'replicasets'> {
  return { kind: 'replicasets', namespace: target.namespace, name: metadata?.name ?? '' };
}
