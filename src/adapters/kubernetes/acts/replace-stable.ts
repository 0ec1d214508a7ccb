import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import type { Replacement, UpdateProgress } from '../../../contracts/rollouts/platform.ts';
import { applyReleaseInScope } from '../objects/patch-scope.ts';
import type { Act } from './act.ts';
import { giveTemplate } from './given-template.ts';
import type { Held } from './held.ts';
import { readHeld, requirePhase } from './held.ts';
import { keepTemplate, keptTemplateOf } from './kept-template.ts';
import { unpinServices } from './services.ts';
import { stableTemplate } from './stable-template.ts';
import { ownStrategy, recreate, strategySteps } from './strategy.ts';

/**
 * Changes the release in place, by the Deployment's own strategy: the Services lead to old and new
 * pods, and edits no longer have to be prevented, so the pause and the pins of the claim are removed.
 */
export async function replaceStable(
  act: Act,
  { release, how }: Replacement,
): Promise<UpdateProgress> {
  const held = await readHeld(act, requirePhase('claimed', 'replacing'));
  const template =
    release.revision === undefined
      ? applyReleaseInScope(await previousTemplate(act, held), release, act.patchScope)
      : await keptTemplateOf(act, held, { revision: release.revision });
  const kept =
    held.record.kept && held.record.phase === 'replacing'
      ? held.record.kept
      : await keepTemplate(act, held);
  await unpinServices(act, held);
  await giveTemplate(act, template, (present, { steps, isSet }) => {
    const { record } = present;
    if (record.phase === 'replacing' && isSet) return 'as-wanted';
    const strategy = how === 'recreate' ? ownStrategy(present) : record.strategy;
    return {
      record: { phase: 'replacing', kept, strategy },
      steps: [...steps, ...(how === 'recreate' ? strategySteps(recreate) : [])],
    };
  });
  return 'under-way';
}

/** The template to which the release is applied: stable at the claim, also when this is repeated. */
async function previousTemplate(act: Act, held: Held): Promise<V1PodTemplateSpec> {
  const { kept, phase } = held.record;
  if (phase === 'replacing' && kept) return keptTemplateOf(act, held, { hash: kept.hash });
  return stableTemplate(act, held);
}
