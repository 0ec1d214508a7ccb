import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { backupKinds } from '../../src/kinds/backups.ts';
import { concludeRestore } from '../../src/policies/backups/conclude-restore.ts';
import { concludeWithMissing } from '../../src/policies/backups/conclude-with-missing.ts';
import { selectParts } from '../../src/policies/backups/select-parts.ts';
import { restoresForGood } from '../../src/policies/backups/restores-for-good.ts';
import type { RestoreSpec } from '../../src/specs/backups/restore.ts';
import { obtainPermit } from './support/obtain-permit.ts';
import { planRestore } from './support/plan-restore.ts';
import { proveCopy } from './support/prove-copy.ts';
import { removeCopy } from './support/remove-copy.ts';
import { restoreCopy, restoredComponent } from './support/restore-copy.ts';
import { setPasswords } from './support/set-passwords.ts';
import {
  approveRestore,
  askedOf,
  requirePassed,
  requireSameChoice,
  restoreInPlace,
} from './support/restore-in-place.ts';
import { keepReplaced, type Replaced } from './support/restore-database-in-place.ts';
import { runBackups } from './support/run-backups.ts';

/** Restores beside the source, proves that and, where it is asked for, restores in place or into namespaces. */
export async function restore(input: unknown, request?: StartRequest): Promise<RunReport> {
  const planOf = ({ plan }: RestoreSpec) => plan;
  const start = { kind: backupKinds.restore, planOf, input, request };
  return runBackups(start, async (run, spec) => {
    await planRestore(run, spec);
    if (spec.dryRun) return { outcome: 'Planned', reason: 'nothing was restored' };
    const isForGood = restoresForGood(spec);
    const parts = selectParts(spec.plan.components, spec);
    await obtainPermit(run, parts, { databases: spec.inPlace });
    // What was there while others had the repositories may be gone: from here on nobody else has them.
    const plans = await planRestore(run, spec);
    run.open();

    run.found.restored = [];
    for (const plan of plans) {
      const { store, keepForMs: forMs } = plan;
      const { copy, folder, bytes } = await restoreCopy(run, plan);
      const { results } = await proveCopy(run, { store, copy, asked: askedOf(run, plan), forMs });
      requirePassed(results);
      run.found.restored.push(restoredComponent(plan, { folder, bytes, assertions: results }));
      if (isForGood) await removeCopy(run, store, copy);
    }
    if (isForGood) {
      await approveRestore(run, plans, spec);
      await requireSameChoice(run, spec, plans);
      const replaced: Replaced[] = [];
      for (const plan of plans) {
        const former = await restoreInPlace(run, plan, spec);
        if (former !== undefined) replaced.push(former);
      }
      run.found.restored = run.found.restored.map(({ folder: _, ...restored }) => restored);
      await run.complete(async () => {
        await keepReplaced(run, replaced);
        await setPasswords(run, spec.plan.restore.credentials);
      });
    }
    return concludeWithMissing(concludeRestore(run.found.restored, spec), run.missing);
  });
}
