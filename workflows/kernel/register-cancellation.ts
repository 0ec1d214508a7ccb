import { CancellationScope } from '@temporalio/workflow';
import type { Rollout } from './rollout.ts';

/**
 * A cancellation is recorded at any time, even when nothing can be stopped any more, and nothing is
 * started afterwards. Call it in the workflow's own scope.
 */
export function registerCancellation(rollout: Rollout): void {
  CancellationScope.current().cancelRequested.catch(() => {
    rollout.record({ atMs: Date.now(), verb: 'cancel' });
    const { successor, status } = rollout;
    if (successor !== undefined) {
      rollout.successor = undefined;
      rollout.notes.push(
        `The workflow was cancelled: the ${successor.kind} that was to follow was not started`,
      );
    }
    if (status.phase === 'promoting') {
      rollout.notes.push(
        `The workflow was cancelled while ${status.version} was being promoted, which was too late to stop it`,
      );
    }
    rollout.refresh();
  });
}
