import type { Act } from './act.ts';
import { drainWaitMs } from './act.ts';
import { awaitComplete } from './complete.ts';
import { awaitEndpoints } from './endpoints.ts';
import type { Held } from './held.ts';
import { patchHeld, readHeld, requirePhase } from './held.ts';
import { deleteCanary } from './remove-canary.ts';
import { routeWeight } from './route.ts';
import { pointServices } from './services.ts';
import { settleMsOf, untilSettled } from './settled.ts';

/** Stable, complete, takes its traffic back; then the canary goes. The Services move, never the pods under them. */
export async function settlePromotion(act: Act): Promise<void> {
  const found = await readHeld(act, requirePhase('claimed', 'promoting', 'reverting'));
  if (found.record.phase === 'claimed') return;
  const held = await pauseComplete(act);
  await pointServices(act, held, 'stable');
  await awaitEndpoints(act, held, 'stable', drainWaitMs);
  if (act.router) await routeWeight(act, act.router, 0);
  if (await act.api.get(act.canary)) await untilSettled(act, act.nowMs() + settleMsOf(act));
  await deleteCanary(act, held);
  await patchHeld(act, () => ({
    record: { phase: 'claimed', weight: 0, settledAtMs: undefined, size: undefined },
  }));
}

/** From here on no edit of the template can roll while the Services are pinned to these pods. */
async function pauseComplete(act: Act): Promise<Held> {
  const stableHash = await awaitComplete(act);
  const now = await readHeld(act);
  if (now.deployment.spec?.paused && now.record.stableHash === stableHash) return now;
  return patchHeld(act, ({ deployment }) => ({
    record: { stableHash },
    steps: [
      { op: 'test', path: '/metadata/generation', value: deployment.metadata?.generation },
      { op: 'add', path: '/spec/paused', value: true },
    ],
  }));
}
