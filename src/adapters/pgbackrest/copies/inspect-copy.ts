import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CopyPlace } from '../../../contracts/backups/provider.ts';
import type { CopyState, InspectCopyCall } from '../../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../../contracts/kernel/agent.ts';
import { parseControlData } from '../source/control-data.ts';
import type { ClusterTools, PsqlPlace } from '../tool/cluster-tools.ts';
import {
  copyFolders,
  logFileOf,
  readOwn,
  readRecord,
  readServer,
  type CopyFolders,
  type CopyServer,
} from './copy-folder.ts';
import { readCopyLog, type CopyLog } from './copy-log.ts';
import { judgeCopy, type CopyAnswer } from './judge-copy.ts';

const lastWordsMs = 500;

/** How far a server has come, asked of itself. */
export const recoveryQuery = `SELECT json_build_object(
  'inRecovery', pg_is_in_recovery(),
  'timeline', ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int,
  'replayedUntilMs', floor(extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000),
  'replayedLsn', pg_last_wal_replay_lsn()
)`;

/** Of a copy that is to wait. */
const waitingQuery = `SELECT json_build_object(
  'inRecovery', pg_is_in_recovery(),
  'isPaused', pg_is_in_recovery() AND pg_is_wal_replay_paused(),
  'replayedUntilMs', floor(extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000),
  'replayedLsn', pg_last_wal_replay_lsn()
)`;

const pause = { firstMs: 100, growth: 1.2, mostMs: 2_000, statusMs: 20 };
/** Of `postmaster.pid`, counted from 0. */
const statusLine = 7;

/**
 * Where the server of a copy stands: by what it answers once it takes connections, and by its log.
 * Waits, if that is asked for, while it starts or recovers.
 */
export async function inspectCopy(
  tools: ClusterTools,
  { folder, server, withinMs = 0 }: CopyPlace & Pick<InspectCopyCall, 'withinMs' | 'server'>,
  attempt: Attempt,
): Promise<CopyState> {
  const folders = copyFolders(folder);
  const deadlineMs = performance.now() + withinMs;
  const ended = AbortSignal.any([attempt.cancelled, attempt.leaving]);
  for (let pauseMs = pause.firstMs; ; pauseMs = Math.min(pause.mostMs, pauseMs * pause.growth)) {
    const status = await readStatus(folders);
    const found = await readState(tools, { folders, wanted: server }, attempt);
    const isOpen = found.state === 'starting' || found.state === 'recovering';
    if (!isOpen || performance.now() + pauseMs > deadlineMs) return found;
    await untilStatusChanges({ folders, status, pauseMs, ended }).catch(() => {
      throw new AgentError('away', 'what becomes of the copy is not wanted now');
    });
  }
}

/** As a server writes it beside its pid: whether it starts, takes connections, or stops. */
async function readStatus(folders: CopyFolders): Promise<string | undefined> {
  const text = await readOwn(folders, join(folders.data, 'postmaster.pid'));
  return text?.split('\n')[statusLine];
}

/** Asking costs processes, and a server says without them that there is something to ask. */
async function untilStatusChanges(waiting: {
  folders: CopyFolders;
  status: string | undefined;
  pauseMs: number;
  ended: AbortSignal;
}): Promise<void> {
  const { folders, status, pauseMs, ended: signal } = waiting;
  const untilMs = performance.now() + pauseMs;
  for (;;) {
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0) return;
    await sleep(Math.min(pause.statusMs, leftMs), undefined, { signal });
    if ((await readStatus(folders)) !== status) return;
  }
}

async function readState(
  tools: ClusterTools,
  { folders, wanted }: { folders: CopyFolders; wanted: RunStep | undefined },
  attempt: Attempt,
): Promise<CopyState> {
  const record = await readRecord(folders);
  const place = { ...placeOf(folders), database: 'postgres' };
  const server = await readServer(folders);
  if (wanted !== undefined && !isRunBy(server, wanted)) {
    return { state: 'starting', detail: 'the server was not started yet' };
  }
  const query = server?.until === undefined ? recoveryQuery : waitingQuery;
  const answered = await tools.psql(place, [query], attempt);
  const answer = answered.exitCode === 0 ? (JSON.parse(answered.stdout) as CopyAnswer) : undefined;
  const program = await tools.program('pg_controldata', folders.data);
  const control = await tools.read([program, folders.data], attempt);
  return judgeCopy({
    record,
    ...(await readLog(folders, server)),
    ...(server?.until && { until: server.until }),
    ...(answer && { answer }),
    ...(control.exitCode === 0 && { control: parseControlData(control.stdout) }),
  });
}

/**
 * The file with its pid is there before the server writes anything, and the process that writes its
 * log ends a little after the server: without that file, a log that goes on is read once more.
 */
async function readLog(
  folders: CopyFolders,
  server: CopyServer | undefined,
): Promise<{ log: CopyLog; hasPid: boolean }> {
  const read = async () =>
    readCopyLog((server && (await readOwn(folders, logFileOf(folders, server)))) ?? '');
  const log = await read();
  const hasPid = existsSync(join(folders.data, 'postmaster.pid'));
  const isOver = log.isDown || log.fatal !== undefined;
  if (hasPid || !log.isStarted || isOver) return { log, hasPid };
  await sleep(lastWordsMs);
  return { log: await read(), hasPid };
}

function isRunBy(server: CopyServer | undefined, { runRef, step }: RunStep): boolean {
  return server?.runRef === runRef && server.step === step;
}

export function placeOf({ socket, data }: CopyFolders): Omit<PsqlPlace, 'database'> {
  return { socketFolder: socket, port: 5432, dataFolder: data };
}
