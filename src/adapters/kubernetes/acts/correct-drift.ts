import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { patchFenced } from '../objects/fenced-patch.ts';
import { withHash, withoutHash } from '../objects/template.ts';
import { canaryTemplateStored, isCanaryEdited, isEdited, wantedPointing } from '../state/drift.ts';
import { sameTemplate } from '../state/template-revision.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import { abandonAdoption } from './abandon-adoption.ts';
import { canaryOf, readCanary } from './canary-workload.ts';
import { awaitEndpoints } from './endpoints.ts';
import { giveTemplate, givenTemplate } from './given-template.ts';
import type { Held } from './held.ts';
import { patchHeld, readHeld } from './held.ts';
import { fullSizeSteps } from './replica-plan.ts';
import { pointServices } from './services.ts';
import { stableTemplate } from './stable-template.ts';

/**
 * Undoes the changes of others: first the pause and the template, then the destination of the
 * traffic. Always leaves its fence, so that a watch does not use a snapshot from before.
 */
export async function correctDrift(act: Act): Promise<void> {
  const found = await backAtRest(act, await readHeld(act));
  const isAtRest = found.record.phase === 'claimed';
  const held = isAtRest ? await holdStill(act, found) : await giveAgain(act, found);
  await restoreCanary(act, held);
  await leadAsWanted(act, held);
}

/** The Services, then the route, as the record says. */
export async function leadAsWanted(act: Act, held: Held): Promise<void> {
  const { phase, weight } = held.record;
  const pointing = wantedPointing(held.record, act.router !== undefined);
  const hasSettled =
    phase !== 'claimed' && pointing === 'canary' && !(await readCanary(act, held.record));
  if (hasSettled) return;
  await pointServices(act, held, pointing, { overOthers: true });
  if (phase === 'replacing') return;
  await awaitEndpoints(act, held, pointing, quickWaitMs);
  const isBeside = phase === 'promoting' || phase === 'reverting';
  await act.router?.correct(act.fence, isBeside ? 100 : weight);
}

/** An adoption that others interfered with is taken back. */
async function backAtRest(act: Act, found: Held): Promise<Held> {
  const { phase } = found.record;
  if (phase !== 'adopting' && phase !== 'abandoning') return found;
  return abandonAdoption(act, await patchHeld(act, () => ({})));
}

/** The release that is being promoted to stable, and its number of pods. */
async function giveAgain(act: Act, found: Held): Promise<Held> {
  const { deployment, record } = found;
  const isOff = isEdited({ deployment, replicaSets: [] }, record);
  if (isOff || deployment.spec?.paused === true) {
    return giveTemplate(act, await givenTemplate(act, found), (present, { steps }) => ({
      steps: [...steps, ...fullSizeSteps(present)],
    }));
  }
  return patchHeld(act, (present) => ({ steps: fullSizeSteps(present) }));
}

async function restoreCanary(act: Act, { record }: Held): Promise<void> {
  const ref = canaryOf(act, record);
  const canary = await readCanary(act, record);
  if (ref === undefined || canary === undefined || !isCanaryEdited(canary)) return;
  const { uid = '' } = canary.metadata ?? {};
  const replicaSets = await act.api.controlledBy('replicasets', ref.namespace, uid);
  const template = canaryTemplateStored(canary, replicaSets);
  if (template === undefined) return;
  const { canaryHash } = record;
  const bare = withoutHash(template);
  const value = canaryHash === undefined ? bare : withHash(bare, canaryHash);
  await patchFenced(act.api, ref, act.fence, () => [
    { op: 'replace', path: '/spec/template', value },
  ]);
}

async function holdStill(act: Act, found: Held): Promise<Held> {
  const template = await stableTemplate(act, found);
  return patchHeld(act, (present) => {
    const { spec } = present.deployment;
    const isOff = spec !== undefined && !sameTemplate(spec.template, template);
    const steps: PatchStep[] = [
      ...(spec?.paused ? [] : [{ op: 'add' as const, path: '/spec/paused', value: true }]),
      ...(isOff ? [{ op: 'replace' as const, path: '/spec/template', value: template }] : []),
      ...fullSizeSteps(present),
    ];
    return { steps };
  });
}
