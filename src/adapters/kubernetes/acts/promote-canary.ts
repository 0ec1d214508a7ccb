import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import type { UpdateProgress } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { nameOf } from '../objects/fenced-patch.ts';
import { promotedTemplate } from '../objects/template.ts';
import { by, canaryDrift, isScaledToZero } from '../state/drift.ts';
import { sameTemplate } from '../state/template-revision.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import { awaitCanaryReady, awaitEndpoints } from './endpoints.ts';
import type { Held } from './held.ts';
import { giveTemplate } from './given-template.ts';
import { readHeld, requirePhase } from './held.ts';
import { keepTemplate } from './kept-template.ts';
import { requireRouteWeight } from './route.ts';
import { pointServices } from './services.ts';
import { settleMove } from './settle-move.ts';
import { untilSettled } from './settled.ts';
import { stableTemplate } from './stable-template.ts';
import { allAtOnce, ownStrategy, strategySteps } from './strategy.ts';

/**
 * The commit point: writes the canary's release into the user's Deployment, which gets no traffic
 * until `settlePromotion`. Everything before this one write can still be undone by weight 0.
 */
export async function promoteCanary(act: Act): Promise<UpdateProgress> {
  const found = await readHeld(act, requirePhase('claimed', 'promoting'));
  if (found.record.promotedBy === act.fence.rolloutId) {
    return found.record.phase === 'promoting' ? 'under-way' : 'done';
  }
  const held = await readHeld(act, requireFullWeight);
  await requireRouteWeight(act, 100);
  await awaitCanaryReady(act, held, 'all');
  const release = await canaryRelease(act);
  requireWhole(act, held);
  const kept = await keepTemplate(act, held);
  const before = await stableTemplate(act, held);
  await handServicesOver(act, held);
  await giveTemplate(act, release, (present, { steps }) => {
    // If its response was lost and it is sent again, this same write is the conflict.
    if (present.record.promotedBy === act.fence.rolloutId) return 'as-wanted';
    requireUntouched(act, present, before);
    requireWhole(act, present);
    return {
      record: {
        phase: 'promoting',
        promotedBy: act.fence.rolloutId,
        kept,
        strategy: ownStrategy(present),
        followedAtMs: undefined,
      },
      steps: [
        {
          op: 'test',
          path: '/metadata/generation',
          value: present.deployment.metadata?.generation,
        },
        ...steps,
        ...strategySteps(allAtOnce),
      ],
    };
  });
  return 'under-way';
}

/** The Services lead to the canary before stable's pods stop; with replica ratio they already do. */
async function handServicesOver(act: Act, held: Held): Promise<void> {
  const moved = await pointServices(act, held, 'canary');
  await awaitEndpoints(act, held, 'canary', quickWaitMs);
  if (act.router || moved) await settleMove(act, moved);
  await untilSettled(act, held.record.settledAtMs);
}

async function canaryRelease(act: Act): Promise<V1PodTemplateSpec> {
  const canary = await act.api.getLive(act.canary);
  const drift = canary ? canaryDrift({ deployment: canary, replicaSets: [] }) : [];
  if (drift.length > 0) throw new PlatformError('drifted', drift.join('; '));
  const template = canary?.spec?.template;
  if (template !== undefined) return promotedTemplate(template);
  throw new PlatformError('conflict', `there is no canary ${nameOf(act.canary)} to promote`);
}

function requireFullWeight({ record }: Held): void {
  if (record.weight === 100) return;
  throw new PlatformError(
    'conflict',
    `the canary gets ${record.weight}% of the traffic; only one at 100% can be promoted`,
  );
}

/** A change of the paused Deployment by someone else would be lost silently. */
function requireUntouched(act: Act, { deployment }: Held, before: V1PodTemplateSpec): void {
  const now = deployment.spec?.template;
  if (now !== undefined && sameTemplate(now, before)) return;
  const change = { path: ['spec', 'template'], now, before };
  throw new PlatformError(
    'drifted',
    `someone changed the pod template of ${nameOf(act.stable)} during the rollout${by(deployment, change)}; ` +
      'to release that change instead, abort and deploy it',
  );
}

/** Without a pod, stable could not take over the traffic from the canary. */
function requireWhole(act: Act, { deployment, record }: Held): void {
  if (!isScaledToZero(deployment, record)) return;
  throw new PlatformError(
    'drifted',
    `${nameOf(act.stable)} was scaled to 0${by(deployment, ['spec', 'replicas'])}, so it could not take over the traffic`,
  );
}
