import { ApplicationFailure } from '@temporalio/workflow';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { backupKinds } from '../../src/kinds/backups.ts';
import { chooseDrillPart } from '../../src/policies/backups/choose-drill.ts';
import { concludeDrill } from '../../src/policies/backups/judge-drill.ts';
import { selectParts } from '../../src/policies/backups/select-parts.ts';
import type { RestoreDrillSpec } from '../../src/specs/backups/drill.ts';
import { obtainPermit } from './support/obtain-permit.ts';
import { planDrill } from './support/plan-drill.ts';
import { answerIn, recordProof, rehearse } from './support/rehearse.ts';
import { runBackups } from './support/run-backups.ts';

/** Restores a copy somewhere else, proves it, measures how long that took, and removes it. */
export async function restoreDrill(input: unknown, request?: StartRequest): Promise<RunReport> {
  const planOf = ({ plan }: RestoreDrillSpec) => plan;
  const start = { kind: backupKinds.restoreDrill, planOf, input, request };
  return runBackups(start, async (run, spec) => {
    const parts = selectParts(spec.plan.components, spec);
    const part = chooseDrillPart(parts, spec.drill, Math.random);
    if (part === undefined) {
      throw ApplicationFailure.nonRetryable(
        'there is nothing to restore',
        failureTypes.invalidSpec,
      );
    }
    await obtainPermit(run, [part]);
    run.open();

    const planned = await planDrill(run, part, spec).catch(answerIn);
    if (typeof planned === 'string') {
      run.stopSteps('failed');
      return { outcome: 'NotProven', reason: `${part.component.name}: ${planned}` };
    }
    const details = await rehearse(run, planned);
    const conclusion = concludeDrill(details);
    if (conclusion.outcome === 'Proven') recordProof(run, planned, details);
    return conclusion;
  });
}
