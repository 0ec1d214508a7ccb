/**
 * ReplicaSets of the Deployment with the template of the canary. Of several with the same template its
 * controller takes the oldest for the current one, so the others must differ before the canary's is adopted.
 */
import type { V1PodTemplateSpec, V1ReplicaSet } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { ObjectRef, PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { patchFenced } from '../objects/fenced-patch.ts';
import { removeFenced } from '../objects/fenced-removal.ts';
import { annotations } from '../objects/names.ts';
import { isSetAside, withoutSetAside } from '../objects/template.ts';
import { unlessGone } from '../routing/is-gone.ts';
import { sameTemplate } from '../state/template-revision.ts';
import type { Act } from './act.ts';
import type { Held } from './held.ts';
import { replicaSetsOf } from './stable-template.ts';

/** An annotation in their templates; their pods, if any, stay. */
export async function setAside(act: Act, held: Held, release: V1PodTemplateSpec): Promise<void> {
  const { canaryHash = '' } = held.record;
  for (const set of await replicaSetsOf(act, held)) {
    const { template } = set.spec ?? {};
    if (template === undefined || !sameTemplate(template, release)) continue;
    const { metadata } = template;
    const marks = { ...metadata?.annotations, [annotations.setAside]: canaryHash };
    await unlessGone(
      patchFenced(act.api, refOf(act, set), act.fence, () => [
        { op: 'test', path: '/spec/template', value: template },
        { op: 'add', path: '/spec/template/metadata/annotations', value: marks },
      ]),
    );
  }
}

/** The canary was not adopted. */
export async function bringBackSetAside(act: Act, held: Held): Promise<void> {
  for (const set of await setAsideOf(act, held)) {
    await unlessGone(patchFenced(act.api, refOf(act, set), act.fence, backSteps));
  }
}

/** The adopted ReplicaSet has their template and their place in the history. */
export async function removeSetAside(act: Act, held: Held): Promise<void> {
  for (const set of await setAsideOf(act, held)) {
    if ((set.spec?.replicas ?? 0) > 0) continue;
    await removeFenced(act.api, refOf(act, set), act.fence, requireEmpty);
  }
}

async function setAsideOf(act: Act, held: Held): Promise<V1ReplicaSet[]> {
  const all = await replicaSetsOf(act, held);
  return all.filter(({ spec }) => spec?.template !== undefined && isSetAside(spec.template));
}

function backSteps({ spec }: V1ReplicaSet): PatchStep[] | 'as-wanted' {
  const template = spec?.template;
  if (template === undefined || !isSetAside(template)) return 'as-wanted';
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
