import { ApplicationFailure } from '@temporalio/workflow';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { backupKinds } from '../../src/kinds/backups.ts';
import { concludeRetention } from '../../src/policies/backups/conclude-retention.ts';
import { retentionParts, withColdStorage } from '../../src/policies/backups/select-parts.ts';
import type { BackupRetentionSpec } from '../../src/specs/backups/retention-run.ts';
import { compareWithRepositories } from './support/compare-catalogue.ts';
import { expirePlanned, planPart, type PlannedExpiry } from './support/expire-part.ts';
import { obtainPermit } from './support/obtain-permit.ts';
import { runBackups } from './support/run-backups.ts';

/** Expires what the retention of a plan does not keep, or says what that would be. */
export async function backupRetention(input: unknown, request?: StartRequest): Promise<RunReport> {
  const planOf = ({ plan }: BackupRetentionSpec) => plan;
  const start = { kind: backupKinds.backupRetention, planOf, input, request };
  return runBackups(start, async (run, spec) => {
    const { retention } = spec.plan;
    if (retention === undefined) {
      throw ApplicationFailure.nonRetryable('the plan has no retention', failureTypes.invalidSpec);
    }
    const parts = retentionParts(spec.plan, spec).map((part) => withColdStorage(part, retention));
    if (!spec.dryRun) await obtainPermit(run, parts);
    run.open();

    // Nothing else changes these repositories from here on.
    const planned: PlannedExpiry[] = [];
    const troubles: string[] = [];
    for (const part of parts) {
      const one = await planPart(run, part, retention);
      planned.push(...one.expiries);
      troubles.push(...one.troubles);
    }
    if (!spec.dryRun) {
      for (const one of planned) troubles.push(...(await expirePlanned(run, one)));
      await compareWithRepositories(run, parts);
    }
    return concludeRetention(run.found.retention ?? [], troubles, spec.dryRun);
  });
}
