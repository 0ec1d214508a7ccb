import { writeFile } from 'node:fs/promises';
import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import { resultOf } from '../run-story.ts';
import { pictureIn, soundContent, type BackupScenario } from './backup-scenarios.ts';
import type { BackupSite } from './backup-site.ts';

/** Brings the site to where every run of the scenario begins. */
export async function backUpOnce(site: BackupSite, scenario: BackupScenario): Promise<RunReport> {
  await writeFile(pictureIn(site.uploads), soundContent);
  const handle = await site.start('backup', site.plan(scenario, scenario.nextPlan));
  return resultOf(handle, 'backup');
}
