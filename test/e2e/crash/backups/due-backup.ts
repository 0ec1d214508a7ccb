import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import { pictureIn, soundContent, type BackupScenario } from './backup-scenarios.ts';
import type { BackupSite } from './backup-site.ts';

/** Also where its worker or its agent has to be missed and started again, on a machine that is busy. */
export const endsWithinMs = 240_000;

/** Brings the site to where every run of the scenario begins. */
export async function backUpOnce(site: BackupSite, scenario: BackupScenario): Promise<RunReport> {
  await writeFile(pictureIn(site.uploads), soundContent);
  const handle = await site.start('backup', site.plan(scenario, scenario.nextPlan));
  return resultOf(handle, 'backup');
}

export async function resultOf(handle: WorkflowHandle, kind: string): Promise<RunReport> {
  const tooLate = new AbortController();
  const late = sleep(endsWithinMs, undefined, { signal: tooLate.signal }).then(() => {
    throw new Error(`the ${kind} has not ended within ${endsWithinMs / 1_000} s`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([handle.result() as Promise<RunReport>, late]);
  } finally {
    tooLate.abort();
  }
}
