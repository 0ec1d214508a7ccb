import { existsSync } from 'node:fs';
import { chown, lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import { readWritten, syncFolder, writeDurably } from '../../../processes/durable-file.ts';
import { describeToolFailure } from '../../pgbackrest/tool/tool-failure.ts';
import type { Upstream } from '../upstream.ts';
import { hideControlFile, markStandby } from '../host/marks.ts';
import type { DatabaseNode } from '../node.ts';
import { writeUpstream } from '../host/write-upstream.ts';
import { keepOwnFiles, restoreOwnFiles } from './own-files.ts';
import { requireRoom } from './room-for-copy.ts';

const copyWithinMs = 7 * 24 * 3_600_000;

/** A copy that is whole, and is put in place of the old folder. */
interface Swap {
  copy: string;
  old: string;
}

const swapFile = (node: DatabaseNode) => join(node.stateFolder, 'swap.json');

export function isSwapping(node: DatabaseNode): boolean {
  return existsSync(swapFile(node));
}

/** Ends what an agent that died between the two renames has left. */
export async function endSwap(node: DatabaseNode): Promise<void> {
  const swap = await readWritten<Swap>(swapFile(node));
  if (swap === undefined) return;
  const { dataFolder } = node;
  if (existsSync(swap.copy)) {
    if (existsSync(dataFolder)) await rename(dataFolder, swap.old);
    await rename(swap.copy, dataFolder);
  }
  await syncFolder(dirname(dataFolder));
  await rm(swapFile(node), { force: true });
}

/** Copies the primary beside the old folder, which is renamed and kept. */
export async function copyPrimary(
  node: DatabaseNode,
  upstream: Upstream,
  attempt: Attempt,
): Promise<void> {
  const { dataFolder, stateFolder } = node;
  const kept = join(stateFolder, 'own-files');
  await keepOwnFiles(dataFolder, kept);
  await refuseOtherDisks(dataFolder);
  const copy = `${dataFolder}.copied-by-belay`;
  const owner = await node.owner();
  await rm(copy, { recursive: true, force: true });
  await requireRoom(node, upstream.primary);
  await mkdir(copy, { mode: 0o700 });
  if (owner) await chown(copy, owner.uid, owner.gid);
  const { host, port, user } = await node.peerPlace(upstream.primary);
  const argv = [
    ...[await node.program('pg_basebackup'), '-D', copy, '-X', 'stream', '-c', 'fast'],
    ...['-h', host, '-p', String(port), '-U', user, '--no-password', '-S', upstream.slot],
  ];
  const answer = await node.run(argv, attempt, { timeoutMs: copyWithinMs });
  if (answer.exitCode !== 0) {
    throw new AgentError('unfinished', `pg_basebackup: ${describeToolFailure(answer)}`);
  }
  await restoreOwnFiles(kept, copy, owner);
  await markStandby(copy, owner);
  await writeUpstream(node, upstream, { dataFolder: copy });
  // What is kept for people must not be started either.
  await hideControlFile(dataFolder);
  const old = `${dataFolder}.before-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
  await writeDurably(swapFile(node), { copy, old } satisfies Swap);
  await endSwap(node);
}

/** Tablespaces are copied to the same paths, and a mount point cannot be renamed. */
async function refuseOtherDisks(dataFolder: string): Promise<void> {
  const tablespaces = await readdir(join(dataFolder, 'pg_tblspc')).catch(() => []);
  const [own, parent, log] = await Promise.all([
    stat(dataFolder),
    stat(dirname(dataFolder)),
    lstat(join(dataFolder, 'pg_wal')).catch(() => undefined),
  ]);
  const reasons = [
    ...(tablespaces.length > 0 ? [`it has ${tablespaces.length} tablespaces outside of it`] : []),
    ...(own.dev !== parent.dev ? ['it is a mount point, which cannot be renamed'] : []),
    ...(log?.isSymbolicLink() ? ['its pg_wal is a link to another folder'] : []),
  ];
  if (reasons.length === 0) return;
  throw new AgentError(
    'refused',
    `${dataFolder} cannot be replaced by a copy beside it: ${reasons.join('; ')}. Copy this node by hand (pg_basebackup --tablespace-mapping, --waldir)`,
  );
}
