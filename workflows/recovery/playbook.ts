import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { recoveryKinds } from '../../src/kinds/recovery.ts';
import type { PlaybookSpec } from '../../src/specs/recovery/playbook.ts';
import type { Continuation } from '../kernel/continuation.ts';
import { planSteps } from '../kernel/steps.ts';
import { readPlaybook } from './support/playbooks/known-to-step.ts';
import { obtainPlaybookPermit } from './support/playbooks/obtain-playbook-permit.ts';
import { rehearse } from './support/playbooks/rehearse.ts';
import { runPlaybook } from './support/playbooks/run-playbook.ts';
import { takePlan } from './support/playbooks/take-plan.ts';

/** Takes the steps of a playbook one after the other, and undoes them where it has to. */
export async function playbook(
  input: unknown,
  request?: StartRequest,
  continuation?: Continuation,
): Promise<RunReport> {
  const start = { kind: recoveryKinds.playbook, input, request, continuation };
  return runPlaybook<PlaybookSpec>(start, async (run, spec) => {
    const read = readPlaybook(spec);
    run.describe(read);
    if (spec.dryRun) {
      const { problems } = await rehearse(run, read);
      return problems.length === 0
        ? { outcome: 'Planned', reason: 'it can be run; nothing was changed' }
        : { outcome: 'NotReady', reason: problems.join('; ') };
    }
    if (continuation === undefined) {
      planSteps(run, read.shown);
      await obtainPlaybookPermit(run, spec);
      run.open();
    }
    const ending = await takePlan(run, read);
    return ending ?? { outcome: 'Complete', reason: run.summary() };
  });
}
