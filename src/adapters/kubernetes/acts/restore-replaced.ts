import type { UpdateProgress } from '../../../contracts/rollouts/platform.ts';
import type { Act } from './act.ts';
import { giveTemplate } from './given-template.ts';
import { patchHeld, readHeld } from './held.ts';
import { keptTemplateOf } from './kept-template.ts';
import { fullSizeSteps } from './replica-plan.ts';

/**
 * Gives the previous release back the way the new one came: one that was recreated keeps that
 * strategy until it is released. Always leaves its fence.
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
