import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import { withSession, type Session } from '../../postgres/sql/session.ts';
import { readOwn, writeInto } from '../copies/copy-folder.ts';
import { readCopyLog } from '../copies/copy-log.ts';
import { noTargets, serverCommand, type ServedCopy } from '../copies/server-command.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { formatLsn, parseLsn } from '../wal/segments.ts';
import type { LogGate } from './log-gate.ts';
import { hasReplayed, type ReplayStop } from './replay-stop.ts';
import { StandbyFailed } from './standby-failed.ts';
import { untilOpen } from './until-open.ts';
import { worksIn } from './works-in.ts';

const hour = 3_600_000;
const patience = {
  servedMs: 6 * hour,
  /** One record may copy a whole database, and a repository may be slow. */
  stalledMs: 20 * 60_000,
  endedMs: 10_000,
};
const polls = { firstMs: 1, growth: 1.5, mostMs: 200, openMs: 20 };
const mebibyte = 1_048_576;
const never = new AbortController().signal;

export interface Standby {
  /** Of its superuser. */
  session: Session;
  /** Lets it replay what its gate lets through, until it is there. */
  replay(stop: ReplayStop): Promise<void>;
  /** Fails where it has replayed more, or takes writes by now: what it answered is of another state. */
  requireWithin(limit: bigint | undefined): Promise<void>;
  /** What it replayed so far needs not be replayed again. */
  keepReplayed(): Promise<void>;
}

interface Served {
  copy: Omit<ServedCopy, 'logFile'>;
  gate: LogGate;
  timeline: number;
}

/**
 * Runs the server of a copy as a standby that replays what a gate lets through. Pages are written to disk
 * only where it says so, or has no room for them: whatever else it replayed is undone by its end, which is
 * at once. It ends with the work, with the attempt and with the agent.
 */
export async function runStandby<T>(
  tools: ClusterTools,
  { copy, gate, timeline }: Served,
  attempt: Attempt,
  work: (standby: Standby) => Promise<T>,
): Promise<T> {
  const { folders } = copy;
  const served = { ...copy, logFile: join(folders.log, `${randomUUID()}.log`) };
  await writeInto(folders, join(folders.data, 'standby.signal'), '');
  const argv = await serverCommand(tools, served, settingsOf(gate, timeline));
  const stop = new AbortController();
  // Told to end in another way, it would first write all pages.
  const alone = { ...attempt, cancelled: stop.signal, leaving: never };
  // It must not be started again where it was killed from outside, which a reading of lines is not.
  const options = { secrets: 'repository', timeoutMs: patience.servedMs, onLine: nothing } as const;
  let ended: Error | undefined;
  const server = tools.read(argv, alone, options).then(
    ({ exitCode }) => (ended = new StandbyFailed(`its server ended with exit code ${exitCode}`)),
    // Such as one that was killed from outside: another attempt begins again.
    (error: unknown) => (ended = error as Error),
  );
  const isRunning = () => ended === undefined;
  const checkIn = async () => {
    if (attempt.cancelled.aborted || attempt.leaving.aborted) throw unwanted();
    if (ended === undefined) return;
    const { fatal } = readCopyLog((await readOwn(folders, served.logFile)) ?? '');
    throw fatal === undefined ? ended : new StandbyFailed(fatal);
  };
  const place = { host: folders.socket, port: 5432, user: tools.settings.user };
  // A cluster need not have any other.
  const superuser = { ...place, database: 'template1' };
  try {
    const connect = () => withSession(superuser, 5_000, () => Promise.resolve());
    await untilOpen({ connect, checkIn, folders, logFile: served.logFile });
    const done = withSession(superuser, patience.servedMs, (session) =>
      work({
        session,
        replay: (stop) => replay(session, stop, checkIn),
        requireWithin: async (limit) => {
          await readReplayed(session, limit, checkIn);
        },
        keepReplayed: async () => {
          await session.query('CHECKPOINT');
        },
      }),
    );
    // A question may take long, and nobody wants its answer any more.
    return await Promise.race([done, whenUnwanted(attempt)]);
  } finally {
    // One that has ended by itself has left a number that nobody may use.
    if (isRunning()) {
      await endOwn(tools, folders.data, { ...alone, cancelled: never }).catch(nothing);
    }
    const isLate = await Promise.race([server.then(() => false), late(patience.endedMs)]);
    if (isLate) stop.abort();
    await server;
  }
}

function unwanted(): AgentError {
  return new AgentError('away', 'what becomes of the copy is not wanted now');
}

function whenUnwanted({ cancelled, leaving }: Attempt): Promise<never> {
  const over = AbortSignal.any([cancelled, leaving]);
  return new Promise((_, reject) => {
    if (over.aborted) reject(unwanted());
    over.addEventListener('abort', () => reject(unwanted()), { once: true });
  });
}

function nothing(): void {
  // The server writes a log of its own.
}

async function late(ms: number): Promise<true> {
  await sleep(ms, undefined, { ref: false });
  return true;
}

function settingsOf(gate: LogGate, timeline: number): string[] {
  // The agent may be given less than its host has.
  const freeBytes = Math.min(freemem(), process.availableMemory());
  const buffers = Math.min(2_048, Math.max(128, Math.floor(freeBytes / mebibyte / 8)));
  return [
    ...noTargets,
    `recovery_target_timeline=${timeline}`,
    `restore_command=${gate.restoreCommand}`,
    'wal_retrieve_retry_interval=200ms',
    'hot_standby=on',
    'max_standby_archive_delay=1s',
    'recovery_min_apply_delay=0',
    `shared_buffers=${buffers}MB`,
    'huge_pages=off',
    // With the copy, where the server was killed.
    'dynamic_shared_memory_type=mmap',
    'bgwriter_lru_maxpages=0',
    'checkpoint_timeout=1d',
    'max_wal_size=8GB',
  ];
}

interface Replayed {
  lsn: string | null;
  paused: boolean;
  standby: boolean;
}

const replayedQuery = `SELECT pg_last_wal_replay_lsn()::text AS lsn, pg_is_wal_replay_paused() AS paused,
  pg_is_in_recovery() AS standby`;

/** Where it is, unless that is beyond the limit. */
async function readReplayed(
  session: Session,
  limit: bigint | undefined,
  checkIn: () => Promise<void>,
): Promise<Omit<Replayed, 'lsn'> & { at: bigint; lsn: string }> {
  const [found] = await ask<Replayed>(session, replayedQuery, checkIn);
  if (found?.standby !== true) throw new StandbyFailed('it is no standby any more');
  const lsn = found.lsn ?? '';
  const at = parseLsn(lsn) ?? 0n;
  if (limit === undefined || at <= limit) return { ...found, lsn, at };
  throw new StandbyFailed(`it has replayed ${lsn}, and was to wait at ${formatLsn(limit)}`);
}

async function replay(
  session: Session,
  stop: ReplayStop,
  checkIn: () => Promise<void>,
): Promise<void> {
  // It asks for more at once.
  await ask(session, 'SELECT pg_reload_conf()', checkIn);
  let [before, changedAtMs] = ['', performance.now()];
  for (let pauseMs = polls.firstMs; ; pauseMs = Math.min(polls.mostMs, pauseMs * polls.growth)) {
    const { at, lsn, paused } = await readReplayed(session, stop.limit, checkIn);
    if (hasReplayed(stop, at)) return;
    if (paused) {
      throw new StandbyFailed(
        `its replay waits at ${lsn}: settings of the source were raised later`,
      );
    }
    if (lsn !== before) [before, changedAtMs] = [lsn, performance.now()];
    if (performance.now() - changedAtMs > patience.stalledMs) {
      throw new StandbyFailed(`its replay does not get beyond ${lsn}`);
    }
    await checkIn();
    await sleep(pauseMs);
  }
}

async function ask<Row extends object>(
  session: Session,
  query: string,
  checkIn: () => Promise<void>,
): Promise<Row[]> {
  try {
    return await session.query<Row & Record<string, unknown>>(query);
  } catch (error) {
    await checkIn();
    throw new StandbyFailed(String(error));
  }
}

/** The server that an agent which was killed has left: what its folder says then is over. */
export async function endLeft(tools: ClusterTools, data: string, attempt: Attempt): Promise<void> {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const works = await worksIn(data);
  if (works === 'unseen') {
    throw new AgentError(
      'refused',
      `nobody can say whether the server of the copy in ${data} still runs: give the agent CAP_SYS_PTRACE, or run it as the account of PostgreSQL`,
    );
  }
  if (works === 'yes') {
    await endAtOnce(tools, data, attempt);
    const untilMs = performance.now() + patience.endedMs;
    while ((await worksIn(data)) === 'yes' && performance.now() < untilMs)
      await sleep(polls.openMs);
    return;
  }
  // Its number may be another process's by now, for which a server would not start.
  await tools.read(['/bin/rm', '-f', '--', file], attempt);
}

/** Without a checkpoint, which would write all pages. Never by the number in its file alone, which may be anybody's. */
async function endOwn(tools: ClusterTools, data: string, attempt: Attempt): Promise<void> {
  if ((await worksIn(data)) !== 'no') await endAtOnce(tools, data, attempt);
}

async function endAtOnce(tools: ClusterTools, data: string, attempt: Attempt): Promise<void> {
  const program = await tools.program('pg_ctl', data);
  await tools.read([program, '-D', data, '-m', 'immediate', '-W', '-s', 'stop'], attempt);
}
