import { CancellationScope } from '@temporalio/workflow';
import type { Run } from './run.ts';

/**
 * A cancellation is recorded at any time, even when nothing can be stopped any more, and nothing is
 * started afterwards. Call it in the workflow's own scope.
 */
export function registerCancellation(run: Run): void {
  CancellationScope.current().cancelRequested.catch(() => {
    run.record({ atMs: Date.now(), verb: 'cancel' });
    const { successor } = run;
    if (successor !== undefined) {
      run.followWith(undefined);
      run.notes.push(
        `The workflow was cancelled: the ${successor.kind} that was to follow was not started`,
      );
    }
    const tooLate = run.tooLateToStop();
    if (tooLate !== undefined) run.notes.push(tooLate);
    run.refresh();
  });
}
