import type { UpdateProgress } from '../../../contracts/rollouts/platform.ts';
import type { Act } from './act.ts';
import { giveTemplate } from './given-template.ts';
import { patchHeld, readHeld } from './held.ts';
import { keptTemplateOf } from './kept-template.ts';
import { fullSizeSteps } from './replica-plan.ts';

/**
 * Restores the previous release with the strategy of the new one: after `recreate`, that strategy
 * stays until the service is released. Always leaves its fence.
 */
export async function restoreReplaced(act: Act): Promise<UpdateProgress> {
  await readHeld(act);
  const { record } = await patchHeld(act, () => ({}));
  if (record.phase !== 'replacing' || record.kept === undefined) return 'done';
  const template = await keptTemplateOf(act, await readHeld(act), record.kept);
  await giveTemplate(act, template, (present, { steps, isSet }) => ({
    steps: [...(isSet ? [] : steps), ...fullSizeSteps(present)],
  }));
  return 'under-way';
}
