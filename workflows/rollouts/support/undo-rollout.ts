import { bringUpInFull } from './bring-up-in-full.ts';
import { noteReleased } from './note-changes.ts';
import type { Rollout } from './rollout.ts';
import type { RolloutUndos } from './rollout-undos.ts';
import { actsOn } from './service-acts.ts';

/** Carries the undos of a rollout out, with the time budget of an undo. */
export function undosOf(rollout: Rollout): RolloutUndos {
  const acts = actsOn(rollout, 'undo');
  return {
    async releaseService() {
      noteReleased(rollout, await acts.undoClaim());
    },

    async removeCanary() {
      await acts.removeCanary();
    },

    async routeToStable() {
      await acts.restoreStable();
      rollout.status.weight = 0;
    },

    async restoreReplaced(deadlineMs, stableVersion) {
      if ((await acts.restoreReplaced()) === 'under-way') {
        await acts.awaitStableComplete(Date.now() + deadlineMs, stableVersion);
      }
      rollout.status.weight = 0;
    },

    async bringPreviousBack({ release, replicas, readiness }, stable) {
      const present = await acts.claim(rollout.status);
      if (stable === undefined || present.stable?.release.version !== release.version) return;
      await bringUpInFull(acts, { release: stable, replicas, readiness });
      if ((await acts.promoteCanary()) === 'done') return;
      await acts.awaitStableComplete(Date.now() + readiness.deadlineMs, stable.version);
      await acts.settlePromotion();
    },
  };
}
