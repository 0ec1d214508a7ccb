import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { backupKinds } from '../../src/kinds/backups.ts';
import { concludeReplication } from '../../src/policies/backups/conclude-replication.ts';
import { replicationParts } from '../../src/policies/backups/select-parts.ts';
import type { BackupReplicationSpec } from '../../src/specs/backups/replication.ts';
import { compareWithRepositories } from './support/compare-catalogue.ts';
import { obtainPermit } from './support/obtain-permit.ts';
import { replicatePart } from './support/replicate-part.ts';
import { runBackups } from './support/run-backups.ts';

/** Copies what the second repositories lack, proven equal. Nothing is ever deleted there. */
export async function backupReplication(
  input: unknown,
  request?: StartRequest,
): Promise<RunReport> {
  const planOf = ({ plan }: BackupReplicationSpec) => plan;
  const start = { kind: backupKinds.backupReplication, planOf, input, request };
  return runBackups(start, async (run, spec) => {
    const parts = replicationParts(spec.plan, spec.component);
    await obtainPermit(run, parts);
    run.open();

    const troubles: string[] = [];
    run.found.sets = [];
    for (const { component, to } of parts) {
      const done = await replicatePart(run, component, to);
      run.found.sets.push(...done.copied);
      troubles.push(...done.troubles);
    }
    await compareWithRepositories(run, parts);
    return concludeReplication(run.found.sets.length, troubles);
  });
}
