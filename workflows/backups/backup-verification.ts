import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { backupKinds } from '../../src/kinds/backups.ts';
import {
  concludeVerification,
  type VerificationTroubles,
} from '../../src/policies/backups/conclude-verification.ts';
import { selectParts } from '../../src/policies/backups/select-parts.ts';
import type { BackupVerificationSpec } from '../../src/specs/backups/verification.ts';
import { checkPart } from './support/check-part.ts';
import { obtainPermit } from './support/obtain-permit.ts';
import { runBackups } from './support/run-backups.ts';

/** Reads sets back, and says which are sound, which are damaged, and how old the newest is. */
export async function backupVerification(
  input: unknown,
  request?: StartRequest,
): Promise<RunReport> {
  const planOf = ({ plan }: BackupVerificationSpec) => plan;
  const start = { kind: backupKinds.backupVerification, planOf, input, request };
  return runBackups(start, async (run, spec) => {
    const parts = selectParts(spec.plan.components, spec);
    await obtainPermit(run, parts);
    run.open();

    const troubles: VerificationTroubles[] = [];
    for (const part of parts) troubles.push(await checkPart(run, part, spec));
    return concludeVerification(run.found.checks ?? [], troubles);
  });
}
