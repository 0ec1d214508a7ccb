import { constants } from 'node:fs';
import { access, lstat, readdir, realpath, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExaminePlaceCall, PlaceFacts } from '../../../contracts/backups/place.ts';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import { mountsIn } from '../../../processes/mounts.ts';
import { whoIsInCharge } from '../../postgres/facts/in-charge.ts';
import { readTablespaces } from '../copies/foreign-tablespaces.ts';
import { readControlData } from '../repository/repository.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { isServerRunning } from './find-server.ts';
import { judgePlace } from './judge-place.ts';

export async function examinePlace(
  tools: ClusterTools,
  { bytes, keep }: ExaminePlaceCall,
  attempt: Attempt,
): Promise<PlaceFacts> {
  const { name, dataFolder, user, start, stop } = tools.settings;
  const parent = dirname(dataFolder);
  const [inCharge, data, isStandby, freeBytes, mayRename, mounts, links, tablespaces] =
    await Promise.all([
      whoIsInCharge(tools.settings),
      kindOf(dataFolder),
      exists(join(dataFolder, 'standby.signal')),
      statfs(parent).then(
        ({ bavail, bsize }) => bavail * bsize,
        () => undefined,
      ),
      tools.read(['/usr/bin/test', '-w', parent], attempt).then(({ exitCode }) => exitCode === 0),
      realpath(dataFolder).then(mountsIn, () => undefined),
      linksIn(dataFolder),
      readTablespaces(dataFolder),
    ]);
  const running = data !== 'absent' && (await isServerRunning(tools, attempt));
  const refusals = judgePlace({
    ...{ cluster: name, dataFolder, parent, user, keep, bytes, data, isStandby, mayRename },
    ...(mounts && { mounts }),
    ...(links && { links }),
    tablespaces: tablespaces.map(({ path }) => path),
    hasService: start !== undefined && stop !== undefined,
    ...(inCharge !== undefined && { inCharge }),
    ...(freeBytes !== undefined && { freeBytes }),
  });
  const control = await readControlData(tools, attempt);
  return {
    refusals,
    remarks: running ? await describeFollowers(tools, attempt) : [],
    running,
    ...(control?.systemId !== undefined && { identity: control.systemId }),
    ...(control?.timeline !== undefined && { timeline: control.timeline }),
  };
}

async function kindOf(path: string): Promise<'folder' | 'link' | 'absent'> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSymbolicLink() === true) return 'link';
  return found?.isDirectory() === true ? 'folder' : 'absent';
}

function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

async function linksIn(folder: string): Promise<string[] | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  return entries?.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name);
}

/** What follows the timeline that ends. */
async function describeFollowers(tools: ClusterTools, attempt: Attempt): Promise<string[]> {
  const query = `SELECT count(*) FROM pg_stat_replication UNION ALL SELECT count(*) FROM pg_replication_slots`;
  const answer = await tools.psql(tools.place, [query], attempt);
  if (answer.exitCode !== 0) return [];
  const [standbys = 0, slots = 0] = answer.stdout.trim().split('\n').map(Number);
  return [
    ...(standbys > 0
      ? [`${standbys} standbys or receivers are connected: they have to be made anew afterwards`]
      : []),
    ...(slots > 0
      ? [`${slots} replication slots are not in the set: they are gone afterwards`]
      : []),
  ];
}
