import type { PatchStep } from '../api/cluster-api.ts';
import type { Pointing } from '../objects/pointing.ts';
import type { RolloutRecord } from '../objects/record.ts';
import { sameTemplate } from '../state/template-revision.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import { awaitEndpoints } from './endpoints.ts';
import type { Held } from './held.ts';
import { patchHeld, readHeld } from './held.ts';
import { pointServices } from './services.ts';
import { stableTemplate } from './stable-template.ts';

/**
 * Puts back what others changed: the pause and the template first, then where the traffic goes.
 * Leaves its fence in any case: a watch believes no picture of before it.
 */
export async function correctDrift(act: Act): Promise<void> {
  const found = await readHeld(act);
  const isAtRest = found.record.phase === 'claimed';
  const held = isAtRest ? await holdStill(act, found) : await patchHeld(act, () => ({}));
  if (held.record.phase === 'replacing') return;
  const pointing = wantedPointing(held.record, act.router !== undefined);
  await pointServices(act, held, pointing, { overOthers: true });
  await awaitEndpoints(act, held, pointing, quickWaitMs);
  if (held.record.phase === 'claimed') await act.router?.correct(act.fence, held.record.weight);
  else await act.router?.correct(act.fence, 100);
}

async function holdStill(act: Act, found: Held): Promise<Held> {
  const template = await stableTemplate(act, found);
  return patchHeld(act, ({ deployment }) => {
    const { spec } = deployment;
    const isEdited = spec !== undefined && !sameTemplate(spec.template, template);
    const steps: PatchStep[] = [
      ...(spec?.paused ? [] : [{ op: 'add' as const, path: '/spec/paused', value: true }]),
      ...(isEdited ? [{ op: 'replace' as const, path: '/spec/template', value: template }] : []),
    ];
    return { steps };
  });
}

function wantedPointing({ phase, weight }: RolloutRecord, isRouted: boolean): Pointing {
  if (phase !== 'claimed') return 'canary';
  if (isRouted || weight === 0) return 'stable';
  return weight === 100 ? 'canary' : 'both';
}
