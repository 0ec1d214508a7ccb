import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { recoveryKinds } from '../../src/kinds/recovery.ts';
import type { PlaybookRehearsalSpec } from '../../src/specs/recovery/rehearsal.ts';
import { readPlaybook } from './support/playbooks/known-to-step.ts';
import { rehearse } from './support/playbooks/rehearse.ts';
import { runPlaybook } from './support/playbooks/run-playbook.ts';

/** Runs the probes and every check of a playbook, and says what would keep it from being run. */
export async function playbookRehearsal(
  input: unknown,
  request?: StartRequest,
): Promise<RunReport> {
  const start = { kind: recoveryKinds.playbookRehearsal, input, request };
  return runPlaybook<PlaybookRehearsalSpec>(start, async (run, spec) => {
    const read = readPlaybook(spec.playbook);
    run.describe(read);
    run.open();
    const { checked, problems } = await rehearse(run, read);
    return problems.length === 0
      ? { outcome: 'Ready', reason: `all of its ${checked} actions and probes could be used now` }
      : { outcome: 'NotReady', reason: problems.join('; ') };
  });
}
