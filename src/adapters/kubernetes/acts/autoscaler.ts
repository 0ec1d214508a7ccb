/** The HorizontalPodAutoscaler of a Deployment: it selects pods by label, so it also counts the canary's. */
import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { patchFenced } from '../objects/fenced-patch.ts';
import { annotations, metadataPath } from '../objects/names.ts';
import type { Act } from './act.ts';

/** `stable` is the Deployment that the autoscaler scales. */
type Scaled = Pick<Act, 'api' | 'target' | 'fence' | 'stable'>;

const beforePath = metadataPath('annotations', annotations.before);

export async function autoscalerOf(act: Scaled): Promise<V2HorizontalPodAutoscaler | undefined> {
  const all = await act.api.list('horizontalpodautoscalers', act.target.namespace);
  return all.find(({ spec }) => {
    const { kind, name } = spec?.scaleTargetRef ?? {};
    return kind === 'Deployment' && name === act.stable.name;
  });
}

/** Prevents it from scaling down until `releaseAutoscaler`; it may still scale up. */
export async function holdAutoscaler(act: Scaled): Promise<void> {
  await patchAutoscaler(act, (found) => {
    if (found.metadata?.annotations?.[annotations.before] !== undefined) return [];
    const { behavior } = found.spec ?? {};
    return [
      { op: 'add', path: beforePath, value: JSON.stringify(behavior ?? null) },
      { op: 'add', path: '/spec/behavior', value: held(behavior) },
    ];
  });
}

/** Restores its behaviour, or keeps what someone else has changed in the meantime. */
export async function releaseAutoscaler(act: Scaled): Promise<void> {
  await patchAutoscaler(act, (found) => {
    const text = found.metadata?.annotations?.[annotations.before];
    if (text === undefined) return [];
    const before = JSON.parse(text) as Behaviour | null;
    const forget: PatchStep = { op: 'remove', path: beforePath };
    if (found.spec?.behavior?.scaleDown?.selectPolicy !== 'Disabled') return [forget];
    return [
      forget,
      before === null
        ? { op: 'remove', path: '/spec/behavior' }
        : { op: 'replace', path: '/spec/behavior', value: before },
    ];
  });
}

type Behaviour = NonNullable<NonNullable<V2HorizontalPodAutoscaler['spec']>['behavior']>;

function held(behavior: Behaviour | undefined): Behaviour {
  return { ...behavior, scaleDown: { ...behavior?.scaleDown, selectPolicy: 'Disabled' } };
}

async function patchAutoscaler(
  act: Scaled,
  build: (found: V2HorizontalPodAutoscaler) => PatchStep[],
): Promise<void> {
  const found = await autoscalerOf(act);
  if (found === undefined) return;
  const { namespace, name = '' } = found.metadata ?? {};
  const ref = { kind: 'horizontalpodautoscalers' as const, namespace: namespace ?? '', name };
  await patchFenced(act.api, ref, act.fence, build);
}
