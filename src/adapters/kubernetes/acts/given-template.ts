/** The pod template that an act gives the user's Deployment; later differences were written by others. */
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { nameOf } from '../objects/fenced-patch.ts';
import { withoutHash } from '../objects/template.ts';
import { templateBefore } from '../state/drift.ts';
import { templateDigest } from '../state/template-revision.ts';
import type { Act } from './act.ts';
import { admitTemplate, type AdmittedTemplate } from './admit-template.ts';
import { readCanary } from './canary-workload.ts';
import type { Held, HeldChange } from './held.ts';
import { patchHeld } from './held.ts';
import { keptTemplateOf } from './kept-template.ts';
import { replicaSetsOf } from './stable-template.ts';

type ChangeByGiving = (held: Held, giving: Giving) => HeldChange | 'as-wanted';

export interface Giving {
  /** Writes the template. */
  template: PatchStep;
  /** Writes the template and lets the Deployment roll it out. */
  steps: PatchStep[];
  /** Whether the Deployment already has the template. */
  isSet: boolean;
}

/** One fenced write of a template, which is recorded as the API server stored it. */
export async function giveTemplate(
  act: Act,
  wanted: V1PodTemplateSpec,
  change: ChangeByGiving,
): Promise<Held> {
  return giveAdmitted(act, await admitTemplate(act.api, act.stable, wanted), change);
}

/** The same for a template that the API server has returned before. */
export async function giveAdmitted(
  act: Act,
  { template, digest }: Pick<AdmittedTemplate, 'template' | 'digest'>,
  change: ChangeByGiving,
): Promise<Held> {
  const write = { isDone: false };
  const held = await patchHeld(act, (present) => {
    const isSet = digestOf(present) === digest;
    const changed = change(present, { ...templateSteps(template), isSet });
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
  const canary = await readCanary(act, held.record);
  const found = templateBefore({ replicaSets, canary }, held.record);
  if (found) return withoutHash(found);
  if (phase === 'reverting' && kept) return keptTemplateOf(act, held, { hash: kept.hash });
  throw new PlatformError(
    'conflict',
    `${nameOf(act.stable)} no longer keeps the template that this rollout gave it; abort, or write it again yourself`,
  );
}

function templateSteps(value: V1PodTemplateSpec): Pick<Giving, 'template' | 'steps'> {
  const template: PatchStep = { op: 'replace', path: '/spec/template', value };
  return { template, steps: [template, { op: 'add', path: '/spec/paused', value: false }] };
}

function digestOf({ deployment }: Held): string | undefined {
  return deployment.spec && templateDigest(deployment.spec.template);
}
