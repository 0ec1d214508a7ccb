import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import { writeDurably } from '../../../processes/durable-file.ts';
import { describeToolFailure } from '../../pgbackrest/tool/tool-failure.ts';
import type { Upstream } from '../upstream.ts';
import {
  clearUnusable,
  isUnusable,
  markStandby,
  markUnusable,
  showControlFile,
} from '../host/marks.ts';
import { readControlFile } from '../host/control-file.ts';
import type { DatabaseNode } from '../node.ts';
import { formatConninfo } from '../sql/conninfo.ts';
import { writeUpstream } from '../host/write-upstream.ts';
import { findDivergence } from './divergence.ts';
import { keepOwnFiles, restoreOwnFiles } from './own-files.ts';
import { recoverApart } from './recover-apart.ts';
import { RewindFailed } from './rewind-failed.ts';

const rewindWithinMs = 24 * 3_600_000;

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
  if (!(await isUnusable(dataFolder))) await recoverApart(node, attempt);
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
  if (!said.includes('no rewind required')) return;
  const control = await readControlFile(node.dataFolder);
  const divergence = control && (await findDivergence(node, control, primary, attempt));
  if (divergence !== undefined) {
    throw new RewindFailed(`pg_rewind saw nothing to be done, although ${divergence}`);
  }
}
