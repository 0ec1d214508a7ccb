import type { UpdateProgress } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { readFence } from '../objects/fence-record.ts';
import { nameOf } from '../objects/fenced-patch.ts';
import { isEdited, isScaledToZero } from '../state/drift.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import { abandonAdoption, endPreparation } from './abandon-adoption.ts';
import { awaitEndpoints, readyPods } from './endpoints.ts';
import { giveTemplate, givenTemplate } from './given-template.ts';
import type { Held } from './held.ts';
import { patchHeld, readHeld, requirePhase } from './held.ts';
import { keptTemplateOf } from './kept-template.ts';
import { fullSizeSteps } from './replica-plan.ts';
import { pointServices, raiseServices } from './services.ts';
import { settleMove } from './settle-move.ts';
import { allAtOnce, ownStrategy, strategySteps } from './strategy.ts';

const revertible = ['claimed', 'adopting', 'abandoning', 'promoting', 'reverting'] as const;

/** Gives stable its previous release back. Always leaves its fence, so that no promotion can follow. */
export async function revertPromotion(act: Act): Promise<UpdateProgress> {
  const found = await readHeld(act, requirePhase(...revertible));
  const isCarriedOn = readFence(found.deployment.metadata)?.step === act.fence.step;
  const raised = await patchHeld(act, () => ({}));
  const held = await abandonAdoption(act, raised);
  await raiseServices(act, held);
  if (held.record.phase === 'claimed') {
    await endPreparation(act, held);
    return 'done';
  }
  if (held.record.phase === 'reverting') {
    await writeAgain(act, held);
    return 'under-way';
  }
  const canaryServes = await moveTrafficOff(act, held, isCarriedOn);
  const { kept } = held.record;
  if (kept === undefined) throw nothingKept(act);
  const template = await keptTemplateOf(act, held, { hash: kept.hash });
  await giveTemplate(act, template, (present, { steps }) => {
    const own = ownStrategy(present);
    return {
      record: {
        phase: 'reverting',
        promotedBy: undefined,
        followedAtMs: undefined,
        strategy: canaryServes ? own : undefined,
      },
      steps: [
        ...steps,
        ...strategySteps(canaryServes ? allAtOnce : own),
        ...fullSizeSteps(present),
      ],
    };
  });
  return 'under-way';
}

/** An undo overwrites what others have written to the Deployment since. */
async function writeAgain(act: Act, held: Held): Promise<void> {
  const { deployment, record } = held;
  const isOff = isEdited({ deployment, replicaSets: [] }, record);
  if (!isOff && !isScaledToZero(deployment, record)) return;
  await giveTemplate(act, await givenTemplate(act, held), (present, { steps }) => ({
    steps: [...steps, ...fullSizeSteps(present)],
  }));
}

/**
 * Stable's pods are about to be replaced. The canary has the traffic, unless settling had already
 * begun. If the canary is not ready, the traffic goes to all pods.
 */
async function moveTrafficOff(act: Act, held: Held, isCarriedOn: boolean): Promise<boolean> {
  const { canary } = await readyPods(act, held.record);
  if (canary.length === 0) {
    await act.router?.setWeight(act.fence, 0);
    await pointServices(act, held, 'both', { undo: true });
    return false;
  }
  const moved = await pointServices(act, held, 'canary', { undo: true });
  await awaitEndpoints(act, held, 'canary', quickWaitMs);
  if (moved || isCarriedOn) await settleMove(act, moved);
  return true;
}

function nothingKept(act: Act): PlatformError {
  return new PlatformError(
    'conflict',
    `${nameOf(act.stable)} has no previous release to go back to`,
  );
}
