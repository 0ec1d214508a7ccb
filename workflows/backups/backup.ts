import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { backupKinds } from '../../src/kinds/backups.ts';
import { concludeBackup } from '../../src/policies/backups/conclude-backup.ts';
import { replicationParts, selectParts } from '../../src/policies/backups/select-parts.ts';
import type { BackupSpec } from '../../src/specs/backups/backup.ts';
import { compareWithRepositories } from './support/compare-catalogue.ts';
import { examineParts } from './support/examine-parts.ts';
import { replicateSets, verifySets } from './support/finish-sets.ts';
import { armAfter, freeze, runAfter, takeHook, thaw } from './support/hooks.ts';
import { makeSets } from './support/make-sets.ts';
import { obtainPermit } from './support/obtain-permit.ts';
import { runBackups } from './support/run-backups.ts';

/** Makes a set of every component in each of its repositories, and reads it back. */
export async function backup(input: unknown, request?: StartRequest): Promise<RunReport> {
  const start = { kind: backupKinds.backup, planOf: (spec: BackupSpec) => spec, input, request };
  return runBackups(start, async (run, spec) => {
    const { before, freeze: freezing, after } = spec.hooks;
    const parts = await examineParts(run, selectParts(spec.components, spec));
    const copied = replicationParts(spec, spec.component).filter(({ component: { name }, from }) =>
      parts.some((part) => part.component.name === name && part.repositories.includes(from)),
    );
    await obtainPermit(run, [...parts, ...copied], { databases: true });
    run.open();

    armAfter(run, after);
    await takeHook(run, 'before', before);
    const frozen = await freeze(run, freezing);
    await makeSets(run, parts);
    const wasHeld = await thaw(run, frozen);
    const ended = await runAfter(run, after);

    await verifySets(run);
    await replicateSets(run);
    await compareWithRepositories(run, parts);
    return concludeBackup(run.found.sets ?? [], [
      ...(wasHeld ? [] : ['the freeze ended before the sets were made']),
      ...(ended.ok ? [] : [ended.reason]),
    ]);
  });
}
