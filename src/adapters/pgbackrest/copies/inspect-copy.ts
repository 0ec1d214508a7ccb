import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CopyPlace } from '../../../contracts/backups/provider.ts';
import type { CopyState } from '../../../contracts/backups/store.ts';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import { parseControlData } from '../source/control-data.ts';
import type { ClusterTools, PsqlPlace } from '../tool/cluster-tools.ts';
import { copyFolders, readOwn, readRecord, type CopyFolders } from './copy-folder.ts';
import { readCopyLog, type CopyLog } from './copy-log.ts';
import { judgeCopy, type CopyAnswer } from './judge-copy.ts';

const lastWordsMs = 500;

const query = `SELECT json_build_object(
  'inRecovery', pg_is_in_recovery(),
  'timeline', ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int,
  'replayedUntilMs', floor(extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000),
  'replayedLsn', pg_last_wal_replay_lsn()
)`;

/** Where the server of a copy stands: by what it answers once it takes connections, and by its log. */
export async function inspectCopy(
  tools: ClusterTools,
  { folder }: CopyPlace,
  attempt: Attempt,
): Promise<CopyState> {
  const folders = copyFolders(folder);
  const record = await readRecord(folders);
  const place = { ...placeOf(folders), database: 'postgres' };
  const answered = await tools.psql(place, [query], attempt);
  const answer = answered.exitCode === 0 ? (JSON.parse(answered.stdout) as CopyAnswer) : undefined;
  const program = await tools.program('pg_controldata', folders.data);
  const control = await tools.read([program, folders.data], attempt);
  return judgeCopy({
    record,
    ...(await readLog(folders)),
    ...(answer && { answer }),
    ...(control.exitCode === 0 && { control: parseControlData(control.stdout) }),
  });
}

/**
 * The file with its pid is there before the server writes anything, and the process that writes its
 * log ends a little after the server: without that file, a log that goes on is read once more.
 */
async function readLog(folders: CopyFolders): Promise<{ log: CopyLog; hasPid: boolean }> {
  const read = async () => readCopyLog((await readOwn(folders, folders.logFile)) ?? '');
  const log = await read();
  const hasPid = existsSync(join(folders.data, 'postmaster.pid'));
  const isOver = log.isDown || log.fatal !== undefined;
  if (hasPid || !log.isStarted || isOver) return { log, hasPid };
  await sleep(lastWordsMs);
  return { log: await read(), hasPid };
}

export function placeOf({ socket, data }: CopyFolders): Omit<PsqlPlace, 'database'> {
  return { socketFolder: socket, port: 5432, dataFolder: data };
}
