import { CancellationScope } from '@temporalio/workflow';
import { takeStep } from '../../kernel/steps.ts';
import type { BackupsRun } from './backups-run.ts';
import type { StoreActs } from './store-acts.ts';

/** Nothing that was restored for a while outlives its run, also where the run is stopped meanwhile. */
export async function removeCopy<Spec>(
  run: BackupsRun<Spec>,
  store: StoreActs,
  copy: string,
): Promise<void> {
  await takeStep(run, `remove the copy of ${store.component.name}`, async ({ prove }) => {
    const { removed } = await CancellationScope.nonCancellable(() => store.removeCopy(copy));
    prove({ what: copy, source: store.agent, value: removed ? 'removed' : 'was gone already' });
  });
}
