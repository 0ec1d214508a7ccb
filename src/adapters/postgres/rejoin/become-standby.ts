import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import { awaitStreaming, followingOf, type Upstream } from '../acts/follow-node.ts';
import { changeAutoConf, readAutoConf } from '../host/auto-conf.ts';
import { markStandby, showControlFile } from '../host/marks.ts';
import { startServer } from '../host/run-server.ts';
import type { DatabaseNode } from '../node.ts';
import { followingConninfo } from '../sql/conninfo.ts';
import { runningPostmaster } from '../watch/observe-node.ts';

/** Writes whom a folder follows once it is started. Its `standby.signal` comes first. */
export async function writeUpstream(
  node: DatabaseNode,
  upstream: Upstream,
  dataFolder = node.dataFolder,
): Promise<void> {
  const owner = await node.owner();
  await markStandby(dataFolder, owner);
  const path = join(dataFolder, 'postgresql.auto.conf');
  const text = await readFile(path, 'utf8').catch(() => '');
  const present = readAutoConf(text, 'primary_conninfo') ?? '';
  const following = await followingOf(node, upstream);
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(
      changeAutoConf(text, {
        primary_conninfo: followingConninfo(present, following),
        primary_slot_name: upstream.slot,
      }),
    );
    if (owner) await file.chown(owner.uid, owner.gid);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Starts a node whose `standby.signal` is there, and waits until the primary sees it stream. */
export async function startStandby(
  node: DatabaseNode,
  upstream: Upstream,
  attempt: Attempt,
  withinMs?: number,
): Promise<void> {
  await markStandby(node.dataFolder, await node.owner());
  await showControlFile(node.dataFolder);
  // A supervisor may have been first.
  if ((await runningPostmaster(node)) === undefined) await startServer(node);
  await awaitStreaming(node, upstream, attempt, withinMs);
  await dropUnusedSlots(node);
}

/** Slots of the time when it was the primary would keep its log for good. */
async function dropUnusedSlots(node: DatabaseNode): Promise<void> {
  await node
    .ask(5_000, (session) =>
      session.query(
        `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
         WHERE slot_type = 'physical' AND NOT active AND NOT temporary`,
      ),
    )
    // Where its standby does not take queries. They are dropped by the next rewind or copy.
    .catch(() => undefined);
}
