import { randomUUID } from 'node:crypto';
import { chown, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolAnswer } from '../../../contracts/backups/provider.ts';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import { describeToolFailure } from '../../pgbackrest/tool/tool-failure.ts';
import { readLastRecord, timelineOfLog } from '../facts/end-of-log.ts';
import { readControlFile } from '../host/control-file.ts';
import { showControlFile } from '../host/marks.ts';
import { readPostmasterFile } from '../host/postmaster-file.ts';
import { awaitZombie } from '../host/run-server.ts';
import { killServer } from '../host/server-processes.ts';
import { optionsApart, optionsOfLastStart } from '../host/start-options.ts';
import type { DatabaseNode } from '../node.ts';
import { RewindFailed } from './rewind-failed.ts';

const readWithinMs = 600_000;
const recoverWithinMs = 3_600_000;
const pollMs = 20;

/**
 * Replays all log that a node has, as a standby that nobody can reach, and shuts it down. pg_rewind takes
 * only what was shut down, and takes a node that has not replayed its log beyond the fork for one that
 * has not diverged. Throws RewindFailed.
 */
export async function recoverApart(node: DatabaseNode, attempt: Attempt): Promise<void> {
  const { dataFolder } = node;
  const control = await readControlFile(dataFolder);
  if (control === undefined || control.state === 'shut down') return;
  const takesTarget = control.minimum !== undefined;
  const lastRecord = takesTarget
    ? await readLastRecord(node, control, { attempt, withinMs: readWithinMs })
    : '';
  if (lastRecord === undefined) {
    throw new RewindFailed('pg_waldump does not say where its log ends');
  }
  const isReplayed =
    control.state === 'shut down in recovery' && lastRecord === control.checkpointLsn;
  if (isReplayed) return;
  await showControlFile(dataFolder);
  await killServer(dataFolder, 10_000);
  await awaitZombie(dataFolder);
  try {
    // Without a minimum PostgreSQL takes no target: it is in recovery once it has replayed everything.
    const target = { lastRecord, timeline: timelineOfLog(control) };
    const ended = await runApart(node, target, attempt, () =>
      takesTarget ? Promise.resolve() : shutDownInRecovery(dataFolder),
    );
    const { state = 'no control file' } = (await readControlFile(dataFolder)) ?? {};
    if (state.startsWith('shut down')) return;
    throw new RewindFailed(`it does not replay its log (${state}): ${describeToolFailure(ended)}`);
  } finally {
    await killServer(dataFolder, 10_000);
  }
}

/** Returns how the server ended. `meanwhile` is called again and again until then. */
async function runApart(
  node: DatabaseNode,
  target: { lastRecord: string; timeline: number },
  attempt: Attempt,
  meanwhile: () => Promise<void>,
): Promise<ToolAnswer> {
  const { dataFolder } = node;
  const socketFolder = join(tmpdir(), `belay-${randomUUID().slice(0, 8)}`);
  await mkdir(socketFolder, { mode: 0o700 });
  try {
    const owner = await node.owner();
    if (owner) await chown(socketFolder, owner.uid, owner.gid);
    const argv = [
      ...[await node.program('postgres'), '-D', dataFolder],
      ...[...(await optionsOfLastStart(dataFolder)), ...optionsApart({ socketFolder, ...target })],
    ];
    const ending = node.run(argv, attempt, { timeoutMs: recoverWithinMs });
    const ended = ending.then(
      () => true,
      () => true,
    );
    while (!(await Promise.race([ended, sleep(pollMs, false)]))) await meanwhile();
    return await ending;
  } finally {
    await rm(socketFolder, { recursive: true, force: true });
  }
}

async function shutDownInRecovery(dataFolder: string): Promise<void> {
  const control = await readControlFile(dataFolder);
  if (control?.state !== 'in recovery') return;
  const file = await readPostmasterFile(dataFolder);
  if (file === undefined) return;
  try {
    process.kill(file.pid, 'SIGINT');
  } catch (error) {
    // It has just ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
