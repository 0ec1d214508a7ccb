import { isCancellation } from '@temporalio/workflow';
import { reasonOf } from '../../../kernel/reason-of.ts';
import { takeStep } from '../../../kernel/steps.ts';
import { freezeEnvironment, freezer } from './region-freeze.ts';
import type { RegionRun } from './region-run.ts';

/** Nothing else is started in the environment meanwhile. Where nobody answers, that keeps nobody from a recovery. */
export async function freeze<Spec>(run: RegionRun<Spec>): Promise<void> {
  const { plan, from, to } = run.move;
  const { environment, group } = plan;
  if (!plan.freeze) return;
  await takeStep(run, `freeze ${environment}`, async ({ prove }) => {
    run.undo.arm(`thaw ${environment}`, 'thaw', environment);
    run.isFrozen = true;
    const why = `${freezer} ${run.status.workflowId}: ${group} moves from ${from} to ${to}`;
    const source = 'change control';
    try {
      await freezeEnvironment(run.id, environment, why);
      prove({ what: 'frozen', source, value: environment });
    } catch (error) {
      if (isCancellation(error)) throw error;
      prove({ what: 'not frozen', source, value: reasonOf(error) });
      run.note(`${environment} is not frozen: change control does not answer`);
    }
  });
}
