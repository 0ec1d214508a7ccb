/** The pod template that an act gives the user's Deployment; later differences were written by others. */
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { nameOf } from '../objects/fenced-patch.ts';
import { withoutHash } from '../objects/template.ts';
import { templateBefore } from '../state/drift.ts';
import { templateDigest } from '../state/template-revision.ts';
import type { Act } from './act.ts';
import { admitTemplate } from './admit-template.ts';
import type { Held, HeldChange } from './held.ts';
import { patchHeld } from './held.ts';
import { keptTemplateOf } from './kept-template.ts';
import { replicaSetsOf } from './stable-template.ts';

export interface Giving {
  /** Writes the template and lets the Deployment roll it out. */
  steps: PatchStep[];
  /** Whether the Deployment already has the template. */
  isSet: boolean;
}

/** One fenced write of a template, which is recorded as the API server stored it. */
export async function giveTemplate(
  act: Act,
  wanted: V1PodTemplateSpec,
  change: (held: Held, giving: Giving) => HeldChange | 'as-wanted',
): Promise<Held> {
  const { template, digest } = await admitTemplate(act.api, act.stable, wanted);
  const write = { isDone: false };
  const held = await patchHeld(act, (present) => {
    const isSet = digestOf(present) === digest;
    const changed = change(present, { steps: templateSteps(template), isSet });
    write.isDone = changed !== 'as-wanted';
    return changed === 'as-wanted'
      ? changed
      : { ...changed, record: { ...changed.record, given: digest } };
  });
  const given = digestOf(held);
  if (!write.isDone || given === held.record.given) return held;
  return patchHeld(act, () => ({ record: { given } }));
}

/** The template that stable was given last, to be written again. */
export async function givenTemplate(act: Act, held: Held): Promise<V1PodTemplateSpec> {
  const { kept, phase } = held.record;
  const replicaSets = await replicaSetsOf(act, held);
  const canary = await act.api.get(act.canary);
  const found = templateBefore({ replicaSets, canary }, held.record);
  if (found) return withoutHash(found);
  if (phase === 'reverting' && kept) return keptTemplateOf(act, held, { hash: kept.hash });
  throw new PlatformError(
    'conflict',
    `${nameOf(act.stable)} no longer keeps the template that this rollout gave it; abort, or write it again yourself`,
  );
}

function templateSteps(template: V1PodTemplateSpec): PatchStep[] {
  return [
    { op: 'replace', path: '/spec/template', value: template },
    { op: 'add', path: '/spec/paused', value: false },
  ];
}

function digestOf({ deployment }: Held): string | undefined {
  return deployment.spec && templateDigest(deployment.spec.template);
}
