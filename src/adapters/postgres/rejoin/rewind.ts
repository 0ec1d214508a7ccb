import { existsSync } from 'node:fs';
import { chown, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { randomUUID } from 'node:crypto';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import { writeDurably } from '../../../processes/durable-file.ts';
import { describeToolFailure } from '../../pgbackrest/tool/tool-failure.ts';
import type { Upstream } from '../acts/follow-node.ts';
import {
  clearUnusable,
  isUnusable,
  markStandby,
  markUnusable,
  showControlFile,
} from '../host/marks.ts';
import { readControlFile } from '../host/control-file.ts';
import { startApart, stopServer } from '../host/run-server.ts';
import { killServer } from '../host/server-processes.ts';
import type { DatabaseNode } from '../node.ts';
import { formatConninfo } from '../sql/conninfo.ts';
import { writeUpstream } from './become-standby.ts';
import { keepOwnFiles, restoreOwnFiles } from './own-files.ts';

const recoverWithinMs = 600_000;
const rewindWithinMs = 24 * 3_600_000;

/** A rewind that cannot be done, or did not end well: the folder stays unusable. */
export class RewindFailed extends Error {
  override readonly name = 'RewindFailed';
}

/** Makes a folder that has diverged one of the primary's history. Throws RewindFailed. */
export async function rewind(
  node: DatabaseNode,
  upstream: Upstream,
  attempt: Attempt,
): Promise<void> {
  const { dataFolder, stateFolder } = node;
  const owner = await node.owner();
  const kept = join(stateFolder, 'own-files');
  await keepOwnFiles(dataFolder, kept);
  await forgetRewind(node);
  await awaitTimelineOnDisk(node, upstream);
  await markStandby(dataFolder, owner);
  await recoverApart(node, attempt);
  await markUnusable(dataFolder);
  await showControlFile(dataFolder);
  await runRewind(node, upstream, attempt);
  await restoreOwnFiles(kept, dataFolder, owner);
  await writeUpstream(node, upstream);
  await writeDurably(rewoundFile(node), upstream);
  await clearUnusable(dataFolder);
}

const rewoundFile = (node: DatabaseNode) => join(node.stateFolder, 'rewound.json');

/** Whether a rewind has ended well, and only the start is left to be done. */
export async function endRewind(node: DatabaseNode): Promise<boolean> {
  if (!existsSync(rewoundFile(node))) return false;
  await clearUnusable(node.dataFolder);
  return true;
}

export async function forgetRewind(node: DatabaseNode): Promise<void> {
  await rm(rewoundFile(node), { force: true });
}

/** pg_rewind takes only what was shut down. A folder that an earlier rewind has left is never started. */
async function recoverApart(node: DatabaseNode, attempt: Attempt): Promise<void> {
  const { dataFolder } = node;
  if (await isUnusable(dataFolder)) return;
  const control = await readControlFile(dataFolder);
  if (control?.state.startsWith('shut down')) return;
  const sockets = join(tmpdir(), `belay-${randomUUID().slice(0, 8)}`);
  await mkdir(sockets, { mode: 0o700 });
  const owner = await node.owner();
  if (owner) await chown(sockets, owner.uid, owner.gid);
  try {
    await showControlFile(dataFolder);
    await killServer(dataFolder, 10_000);
    await startApart(node, sockets).catch((error: unknown) => {
      throw new RewindFailed(`it does not recover from its crash: ${(error as Error).message}`);
    });
    await stopServer(node, recoverWithinMs, attempt, 'pg_ctl');
  } finally {
    await killServer(dataFolder, 10_000);
    await rm(sockets, { recursive: true, force: true });
  }
}

/** Until the first checkpoint of a new timeline, pg_rewind takes the primary for one of the old. */
async function awaitTimelineOnDisk(node: DatabaseNode, { primary }: Upstream): Promise<void> {
  await node.askPeer(primary, 120_000, async (session) => {
    const [row] = await session.query<{ current: boolean }>(
      `SELECT (SELECT timeline_id FROM pg_control_checkpoint()) =
         ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int AS current`,
    );
    if (row?.current) return;
    await session.query('CHECKPOINT').catch((error: unknown) => {
      const said = error instanceof Error ? error.message : String(error);
      throw new AgentError(
        'unfinished',
        `the primary has made no checkpoint since its promotion, and makes none for us: ${said}`,
      );
    });
  });
}

async function runRewind(
  node: DatabaseNode,
  { primary }: Upstream,
  attempt: Attempt,
): Promise<void> {
  const { host, port, user, database } = await node.peerPlace(primary);
  const source = formatConninfo({ host, port: String(port), user, dbname: database });
  const argv = [
    ...[await node.program('pg_rewind'), '-D', node.dataFolder],
    ...[`--source-server=${source}`, '--no-ensure-shutdown'],
  ];
  const answer = await node.run(argv, attempt, { timeoutMs: rewindWithinMs });
  if (answer.exitCode !== 0) throw new RewindFailed(`pg_rewind: ${describeToolFailure(answer)}`);
  const said = `${answer.stdout}${answer.stderr}`;
  if (said.includes('on the same timeline')) {
    throw new RewindFailed('pg_rewind took the primary for one of the same timeline');
  }
}
