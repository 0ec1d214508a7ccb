import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { requireBackupPrograms } from '../../../fixtures/backups/find-programs.ts';
import { buildBundles, type Bundles } from '../bundles.ts';
import { World } from '../world.ts';
import { BackupSite } from './backup-site.ts';

/** What is missing is said; then its tests are skipped. */
export const backupPrograms = await requireBackupPrograms('crashes in backups');

/** On a machine that is busy, Belay is built meanwhile. */
const setUpWithinMs = 20 * 60_000;

/** A suite's means to have sites in a world of its own, each closed after the test that opened it. */
export function useBackupSites(): (name: string) => Promise<BackupSite> {
  const sites: BackupSite[] = [];
  const opened = new Map<string, number>();
  let folder: string;
  let bundles: Bundles;
  let world: World | undefined;

  beforeAll(async () => {
    if (backupPrograms === undefined) return;
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    folder = await mkdtemp(join(tmpdir(), 'belay-bundles-'));
    bundles = await buildBundles(folder);
    world = await World.open({ platform: false });
  }, setUpWithinMs);

  afterEach(async () => {
    for (const site of sites.splice(0)) await site.close();
  }, setUpWithinMs);

  afterAll(async () => {
    if (backupPrograms === undefined) return;
    await world?.close();
    await rm(folder, { recursive: true, force: true });
  });

  return async (name) => {
    if (world === undefined) throw new Error('there is no world yet');
    const times = (opened.get(name) ?? 0) + 1;
    opened.set(name, times);
    // A test that is tried again finds nothing of the time before.
    const own = times === 1 ? name : `${name}-${times}`;
    const site = await BackupSite.open(world, own, { programs: backupPrograms!, bundles });
    sites.push(site);
    return site;
  };
}
