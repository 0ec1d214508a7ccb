import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { Rejoined, RejoinNodeCall } from '../../../contracts/recovery/database-node.ts';
import { awaitStreaming, preparePrimary } from '../acts/follow-node.ts';
import { examineNode } from '../facts/examine-node.ts';
import { readControlFile } from '../host/control-file.ts';
import { isUnusable, markStandby, removeFence } from '../host/marks.ts';
import { stopServer } from '../host/run-server.ts';
import { killServer, listServerProcesses } from '../host/server-processes.ts';
import { writeUpstream } from '../host/write-upstream.ts';
import type { DatabaseNode } from '../node.ts';
import { lookAt } from '../sql/look.ts';
import { Unanswered } from '../sql/unanswered.ts';
import { startStandby } from './become-standby.ts';
import { copyPrimary, endSwap } from './copy.ts';
import { findDivergence } from './divergence.ts';
import { forgetOtherRuns, forgetRejoin } from './leftovers.ts';
import { endRewind, forgetRewind, rewind } from './rewind.ts';
import { RewindFailed } from './rewind-failed.ts';

type Method = Rejoined['method'];

const looksWithinMs = 3_000;

/** Of a start without a rewind: where it does not stream by then, it has diverged. */
const streamsAfterStartMs = 15_000;
/** All log since the last checkpoint that both had is replayed first. */
const streamsAfterRewindMs = 1_800_000;

/**
 * Makes a node that does not run a standby that streams, by the cheapest way that works. It is never
 * started without its `standby.signal`, and never between the beginning and the end of a rewind.
 */
export async function rejoinNode(
  node: DatabaseNode,
  call: RejoinNodeCall,
  attempt: Attempt,
): Promise<Rejoined> {
  const startedAtMs = Date.now();
  await refuseRunningPrimary(node);
  await forgetOtherRuns(node, call.act);
  await endSwap(node);
  await preparePrimary(node, call, call.systemIdentifier);
  const { method, why } = await carryOut(node, call, attempt);
  await removeFence(node.dataFolder);
  await forgetRejoin(node);
  return { method, ...(why !== undefined && { why }), startedAtMs, endedAtMs: Date.now() };
}

async function carryOut(
  node: DatabaseNode,
  call: RejoinNodeCall,
  attempt: Attempt,
): Promise<{ method: Method; why?: string }> {
  const { method: wanted } = call;
  if (await isStandbyAlready(node, call, attempt)) return { method: 'start' };
  const whyNotStart = await tryStart(node, call, attempt);
  if (whyNotStart === undefined) return { method: 'start' };
  if (wanted === 'start') throw new AgentError('refused', `a start is not enough: ${whyNotStart}`);
  const whyNotRewind = wanted === 'copy' ? undefined : await tryRewind(node, call, attempt);
  if (wanted !== 'copy' && whyNotRewind === undefined)
    return { method: 'rewind', why: whyNotStart };
  if (wanted === 'rewind') {
    throw new AgentError('refused', `a rewind is not enough: ${whyNotRewind}. Rejoin it by a copy`);
  }
  await end(node, attempt);
  await copyPrimary(node, call, attempt);
  await startStandby(node, call, attempt, streamsAfterRewindMs);
  return { method: 'copy', why: whyNotRewind ?? whyNotStart };
}

async function refuseRunningPrimary(node: DatabaseNode): Promise<void> {
  const { name } = node.settings;
  const { state, detail } = await examineNode(node);
  if (state === 'primary') {
    throw new AgentError('refused', `${name} is a primary that runs: fence it first`);
  }
  if (state !== 'unknown') return;
  const { view, isPrimary } = await lookAt(node.ownPlace, looksWithinMs);
  if (view !== 'accepting' || isPrimary === false) return;
  throw new AgentError(
    'refused',
    `${name} answers, and may be a primary that takes writes: fence it first (${detail})`,
  );
}

/** An act that was cut short when all but its report was done. */
async function isStandbyAlready(
  node: DatabaseNode,
  call: RejoinNodeCall,
  attempt: Attempt,
): Promise<boolean> {
  await refuseRunningPrimary(node);
  if ((await examineNode(node)).state !== 'standby') return false;
  return awaitStreaming(node, call, attempt, 2_000).then(
    () => true,
    () => false,
  );
}

/** Why a start was not enough. */
async function tryStart(
  node: DatabaseNode,
  call: RejoinNodeCall,
  attempt: Attempt,
): Promise<string | undefined> {
  const { primary, systemIdentifier, method } = call;
  const { dataFolder } = node;
  await end(node, attempt);
  const control = await readControlFile(dataFolder);
  if (control === undefined) return `${dataFolder} has no pg_control that can be read`;
  if (control.systemIdentifier !== systemIdentifier) {
    throw new AgentError(
      'refused',
      `${dataFolder} is of database ${control.systemIdentifier}, not ${systemIdentifier}: nothing of it is overwritten`,
    );
  }
  if (method === 'copy' || method === 'rewind') return `a ${method} was asked for`;
  if (await isUnusable(dataFolder)) return 'an earlier rewind did not end';
  const divergence = await findDivergence(node, control, primary, attempt);
  if (divergence !== undefined) return divergence;
  await markStandby(dataFolder, await node.owner());
  await writeUpstream(node, call);
  return startStandby(node, call, attempt, streamsAfterStartMs).then(
    () => undefined,
    (error: unknown) => {
      attempt.cancelled.throwIfAborted();
      const isAway = error instanceof AgentError && error.code === 'away';
      if (isAway || error instanceof Unanswered) throw error;
      return `it was started, and did not stream: ${(error as Error).message}`;
    },
  );
}

/** Why a rewind was not enough. */
async function tryRewind(
  node: DatabaseNode,
  upstream: RejoinNodeCall,
  attempt: Attempt,
): Promise<string | undefined> {
  try {
    await end(node, attempt);
    if (!(await endRewind(node))) await rewind(node, upstream, attempt);
    await startStandby(node, upstream, attempt, streamsAfterRewindMs);
    return undefined;
  } catch (error) {
    attempt.cancelled.throwIfAborted();
    const isDecided = error instanceof RewindFailed;
    const isLate = error instanceof AgentError && error.code === 'unfinished';
    await forgetRewind(node);
    // A primary that cannot be asked says nothing against a rewind.
    if (error instanceof Unanswered) throw error;
    if (isDecided || isLate) return error.message;
    throw error;
  }
}

/** A standby that does not stream; never a primary, which is refused before. */
async function end(node: DatabaseNode, attempt: Attempt): Promise<void> {
  if ((await listServerProcesses(node.dataFolder)).length === 0) return;
  await stopServer(node, 30_000, attempt).catch(() => undefined);
  await killServer(node.dataFolder, 15_000);
}
