import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { FenceEvidence, FenceNodeCall } from '../../../contracts/recovery/database-node.ts';
import { readEndOfLog } from '../facts/end-of-log.ts';
import { readLastKnown, requireControlFile } from '../facts/last-known.ts';
import { readControlFile, type ControlFile } from '../host/control-file.ts';
import {
  hideControlFile,
  isStandbyMarked,
  markStandby,
  readFence,
  writeFence,
  type FenceRecord,
} from '../host/marks.ts';
import { stopServer } from '../host/run-server.ts';
import { killServer, listServerProcesses } from '../host/server-processes.ts';
import type { DatabaseNode } from '../node.ts';
import { lookAt } from '../sql/look.ts';

const killWithinMs = 15_000;
const refusedWithinMs = 2_000;

/**
 * Ends every process of the server, and leaves marks by which nothing starts it as a primary: the
 * control file under another name, and `standby.signal`. A fence that stands is left as it is.
 */
export async function fenceNode(
  node: DatabaseNode,
  { act, graceMs }: Pick<FenceNodeCall, 'act' | 'graceMs'>,
  attempt: Attempt,
): Promise<FenceEvidence> {
  const { dataFolder } = node;
  const owner = await node.owner();
  const standing = await readFence(dataFolder);
  if (standing?.isProven && (await stands(node))) {
    // One by which the server fenced itself is from here on this run's, which may take it back.
    if (standing.act === undefined) await writeFence(dataFolder, { ...standing, act }, owner);
    return standing.evidence;
  }
  const record =
    standing && !standing.isProven
      ? { ...standing, act }
      : { act, ...(await beginRecord(node, act.runRef)) };
  await markEach([
    () => markStandby(dataFolder, owner),
    () => writeFence(dataFolder, record, owner),
  ]);
  const isClean = graceMs > 0 && (await stopCleanly(node, graceMs, attempt));
  return endFence(node, record, isClean ? 'clean' : 'killed', attempt);
}

/**
 * Of a server whose lease has run out. Killed first: a disk that does not answer must not keep it taking
 * writes. A fence that an act has begun stays that of the act.
 */
export async function fenceExpired(
  node: DatabaseNode,
  why: string,
  attempt: Attempt,
): Promise<FenceEvidence> {
  const { dataFolder } = node;
  await killServer(dataFolder, killWithinMs);
  const standing = await readFence(dataFolder);
  if (standing?.isProven && (await stands(node))) return standing.evidence;
  const record =
    standing && !standing.isProven ? standing : await beginRecord(node, 'its own lease');
  const owner = await node.owner();
  await markEach([
    () => markStandby(dataFolder, owner),
    () => writeFence(dataFolder, record, owner),
  ]);
  return endFence(node, record, 'lease-expired', attempt, why);
}

/** Ends what is left and proves that nothing answers. What is written down of the node is what was last known. */
async function endFence(
  node: DatabaseNode,
  record: FenceRecord,
  how: 'clean' | 'killed' | 'lease-expired',
  attempt: Attempt,
  why?: string,
): Promise<FenceEvidence> {
  const { dataFolder } = node;
  const owner = await node.owner();
  // Before the processes are ended: whoever starts the server again at once finds it without one.
  const unmarked = await markEach([
    () => hideControlFile(dataFolder),
    () => markStandby(dataFolder, owner),
  ]);
  const killed = await killServer(dataFolder, killWithinMs).catch((error: unknown) => {
    throw new AgentError('unfinished', error instanceof Error ? error.message : String(error));
  });
  // A full disk may have room now.
  if (unmarked) {
    await hideControlFile(dataFolder);
    await markStandby(dataFolder, owner);
  }
  const control = await requireControlFile(node);
  await requireRefused(node);
  const evidence: FenceEvidence = {
    ...record.evidence,
    ...(await endOf(node, control, record, how, attempt)),
    ...{ how, atMs: Date.now() },
    seen: [
      ...(why === undefined ? [] : [why]),
      how === 'clean'
        ? `its control file says ${control.state}, its last checkpoint at ${control.checkpointLsn}`
        : how === 'killed'
          ? `${killed} processes of its server were killed`
          : 'every process of its server was killed',
      `no process works in ${dataFolder}`,
      `a connection to port ${node.settings.port} is refused`,
      'its control file has another name, and standby.signal is there',
    ],
  };
  await writeFence(dataFolder, { ...record, evidence, isProven: true }, owner);
  return evidence;
}

/** Where its log ends: nothing is written any more. Empty where nobody can say. */
async function endOf(
  node: DatabaseNode,
  control: ControlFile,
  { was, evidence }: FenceRecord,
  how: FenceEvidence['how'],
  attempt: Attempt,
): Promise<Pick<FenceEvidence, 'lsn' | 'timeline'>> {
  const { checkpointLsn, timeline } = control;
  if (how === 'clean') return { lsn: checkpointLsn, timeline };
  if (was === 'standby') return { lsn: evidence.lsn, timeline: evidence.timeline };
  const lsn = await readEndOfLog(node, control, evidence.timeline, attempt);
  return { lsn: lsn ?? '', timeline: evidence.timeline };
}

async function beginRecord(
  node: DatabaseNode,
  by: string,
): Promise<Pick<FenceRecord, 'evidence' | 'was'>> {
  const { agent, settings } = node;
  const { was, systemIdentifier, timeline, lsn } = await readLastKnown(node);
  return {
    was,
    evidence: {
      ...{ agent, cluster: settings.name, systemIdentifier, timeline, lsn },
      ...{ how: 'killed', by, atMs: Date.now(), seen: [] },
    },
  };
}

async function stands(node: DatabaseNode): Promise<boolean> {
  const control = await readControlFile(node.dataFolder);
  const running = await listServerProcesses(node.dataFolder);
  return control?.isFenced === true && isStandbyMarked(node.dataFolder) && running.length === 0;
}

async function stopCleanly(
  node: DatabaseNode,
  graceMs: number,
  attempt: Attempt,
): Promise<boolean> {
  const deadline = performance.now() + graceMs;
  const left = () => Math.max(1, deadline - performance.now());
  try {
    // The shutdown's own checkpoint is short then.
    await node.ask(left(), (session) => session.query('CHECKPOINT'));
    await stopServer(node, left(), attempt);
  } catch {
    attempt.cancelled.throwIfAborted();
  }
  const control = await readControlFile(node.dataFolder);
  const isShutDown = control?.state.startsWith('shut down') ?? false;
  return isShutDown && (await hasEnded(node.dataFolder, deadline));
}

/** The process that writes the server's log ends a moment after the server has removed its `postmaster.pid`. */
async function hasEnded(dataFolder: string, deadline: number): Promise<boolean> {
  while ((await listServerProcesses(dataFolder)).length > 0) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

async function requireRefused(node: DatabaseNode): Promise<void> {
  const deadline = performance.now() + refusedWithinMs;
  const { ownPlace } = node;
  for (;;) {
    const [socket, network] = await Promise.all([
      lookAt(ownPlace, 500),
      lookAt({ ...ownPlace, host: '127.0.0.1' }, 500),
    ]);
    // The network of a host may be down when it is fenced.
    const answer = [socket, network].find(
      ({ view }) => view === 'accepting' || (view === 'silent' && socket.view === 'silent'),
    );
    if (answer === undefined) return;
    if (performance.now() > deadline) {
      throw new AgentError(
        'unfinished',
        `its processes are ended, and something on port ${ownPlace.port} still ${answer.detail}: see what listens there, and whether dataFolder is that of its server`,
      );
    }
    await sleep(50);
  }
}

/** Each is tried whatever became of the others. Returns what went wrong with the first that failed. */
async function markEach(marks: readonly (() => Promise<void>)[]): Promise<unknown> {
  let failure: unknown;
  for (const mark of marks) {
    await mark().catch((error: unknown) => (failure ??= error));
  }
  return failure;
}
