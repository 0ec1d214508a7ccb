import { realpath, stat, statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { NodeFacts } from '../../../contracts/recovery/database-node.ts';
import { readControlFile } from '../host/control-file.ts';
import { isStandbyMarked, isUnusable, readFence } from '../host/marks.ts';
import { identifyPostmaster, readPostmasterFile } from '../host/postmaster-file.ts';
import { listServerProcesses } from '../host/server-processes.ts';
import type { DatabaseNode } from '../node.ts';
import { lookOf } from '../sql/look.ts';
import { sqlState } from '../sql/session.ts';
import { findMissingRights } from './find-missing-rights.ts';
import { findProblems } from './find-problems.ts';
import { newestLog } from './last-known.ts';
import {
  readServerState,
  replicasOf,
  timelineOf,
  upstreamOf,
  type ServerState,
} from './server-state.ts';

const usuallyWithinMs = 3_000;
const leastWithinMs = 100;

/**
 * What the host and the server say now. What cannot be read makes it `unknown`, with why, unless its server
 * takes writes all the same.
 */
export async function examineNode(
  node: DatabaseNode,
  answerWithinMs = usuallyWithinMs,
): Promise<NodeFacts> {
  const { dataFolder } = node;
  const { atMs, problems } = { atMs: Date.now(), problems: await findProblems(node) };
  const withinMs = Math.min(usuallyWithinMs, Math.max(leastWithinMs, answerWithinMs));
  try {
    return { atMs, problems, ...(await examineFolder(node, withinMs)) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = sqlState(error) === undefined ? (code ?? message) : message;
    const detail = `${dataFolder} cannot be read (${why})`;
    if (!(await takesWrites(node, withinMs))) return { atMs, problems, state: 'unknown', detail };
    return {
      ...{ atMs, problems: [...problems, detail], state: 'primary' },
      detail: `takes writes, and ${detail}`,
    };
  }
}

/** Asks for nothing that the server would have to read in its data folder. */
async function takesWrites(node: DatabaseNode, withinMs: number): Promise<boolean> {
  const [row] = await node
    .ask(withinMs, (session) =>
      session.query<{ standby: boolean; folder: string }>(
        "SELECT pg_is_in_recovery() AS standby, current_setting('data_directory') AS folder",
      ),
    )
    .catch(() => []);
  return row?.standby === false && row.folder === resolve(node.dataFolder);
}

async function examineFolder(node: DatabaseNode, withinMs: number): Promise<StateFacts> {
  const { dataFolder } = node;
  await stat(dataFolder);
  const room = await measureRoom(dataFolder);
  const postmaster = await ownPostmaster(dataFolder);
  const server = await readServer(node, withinMs);
  const facts = { ...room, ...(postmaster && { postmaster }) };
  if ('state' in server) {
    const { state, missingRights } = server;
    return { ...facts, ...(await ofServer(node, state)), ...(missingRights && { missingRights }) };
  }
  return { ...facts, ...(await ofHost(dataFolder, server.silence)) };
}

async function ofServer(node: DatabaseNode, state: ServerState): Promise<StateFacts> {
  const { dataFolder } = node;
  const { lsn, receivedLsn, replayedUntil, lastArchived, lastFailed } = state;
  const upstream = upstreamOf(state);
  const said = {
    version: state.version.split(' ')[0] ?? state.version,
    systemIdentifier: state.systemIdentifier,
    timeline: timelineOf(state),
    ...(lsn !== null && { lsn }),
    ...(receivedLsn !== null && { receivedLsn }),
    ...(replayedUntil !== null && { replayedUntilMs: replayedUntil }),
    replicas: replicasOf(state),
    ...(upstream && { upstream }),
    synchronousStandbys: state.synchronous,
    rewindable: state.rewindable,
    archiving: {
      on: state.archiveMode !== 'off',
      ...(lastArchived !== null && { lastArchived }),
      ...(lastFailed !== null && { lastFailed }),
    },
  };
  const own = await realpath(dataFolder);
  if ((await realpath(state.dataFolder).catch(() => state.dataFolder)) !== own) {
    const { socketFolder, port } = node.settings;
    const detail = `the server in ${socketFolder} on port ${port} has the data folder ${state.dataFolder}, not ${dataFolder}`;
    return { state: 'unknown', detail };
  }
  return state.standby
    ? { ...said, state: 'standby', detail: describeStandby(upstream) }
    : { ...said, state: 'primary', detail: `takes writes on timeline ${said.timeline}` };
}

function describeStandby(upstream: ReturnType<typeof upstreamOf>): string {
  if (!upstream?.connected) return 'a standby whose receiver is not connected';
  const { host = 'an unknown host', port = 0 } = upstream.address ?? {};
  return `a standby that streams from ${host}:${port}`;
}

type StateFacts = Pick<NodeFacts, 'state' | 'detail'> & Partial<NodeFacts>;

/** Of a server that does not answer. */
async function ofHost(dataFolder: string, silence: string): Promise<StateFacts> {
  const [control, newest, fence, running] = await Promise.all([
    readControlFile(dataFolder),
    newestLog(dataFolder),
    readFence(dataFolder),
    listServerProcesses(dataFolder),
  ]);
  const read = control && {
    systemIdentifier: control.systemIdentifier,
    timeline: Math.max(control.timeline, newest),
    lsn: control.checkpointLsn,
  };
  const known = { ...read };
  if (running.length > 0) {
    const detail = `${running.length} processes of its server run, and it does not answer: ${silence}`;
    return { ...known, state: 'unknown', detail };
  }
  if (await isUnusable(dataFolder)) {
    const detail =
      'a rewind did not end well: rejoin it again, or restore it. It must not be started';
    return { ...known, state: 'unusable', detail };
  }
  if (control === undefined) {
    return {
      ...known,
      state: 'unknown',
      detail: `${dataFolder} has no pg_control that can be read`,
    };
  }
  if (control.isFenced && isStandbyMarked(dataFolder)) {
    const by =
      fence === undefined ? 'its marks are there, without a record' : describe(fence.evidence);
    return {
      ...{ ...known, state: 'fenced', detail: by },
      ...(fence?.isProven && { fence: fence.evidence }),
    };
  }
  if (control.isFenced || (fence && !fence.isProven)) {
    return {
      ...known,
      state: 'unknown',
      detail: 'a fence was begun, and did not end: fence it again',
    };
  }
  return { ...known, state: 'stopped', detail: `no process of its server runs; ${control.state}` };
}

function describe({ by, atMs, how }: NonNullable<NodeFacts['fence']>): string {
  return `fenced by ${by} at ${new Date(atMs).toISOString()} (${how})`;
}

async function readServer(
  node: DatabaseNode,
  withinMs: number,
): Promise<{ state: ServerState; missingRights?: string[] } | { silence: string }> {
  const role = node.settings.replication?.user;
  try {
    return await node.ask(withinMs, async (session) => {
      const state = await readServerState(session);
      if (role === undefined) return { state };
      // Of a server that does not say, nobody can say that anything is missing.
      const missingRights = await findMissingRights(session, role).catch(() => []);
      return { state, ...(missingRights.length > 0 && { missingRights }) };
    });
  } catch (error) {
    // It answers, and cannot read its own files.
    if (ofFiles.test(sqlState(error) ?? '')) throw error;
    return { silence: lookOf(error).detail };
  }
}

/** As PostgreSQL has it for files that are gone, broken or may not be read. */
const ofFiles = /^(58|XX|42501)/;

async function ownPostmaster(dataFolder: string) {
  const file = await readPostmasterFile(dataFolder);
  return file && identifyPostmaster(file.pid);
}

async function measureRoom(dataFolder: string): Promise<Pick<NodeFacts, 'freeBytes'>> {
  const { bavail, bsize } = await statfs(dataFolder);
  return { freeBytes: bavail * bsize };
}
