import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import { awaitStreaming } from '../acts/follow-node.ts';
import { markStandby, showControlFile } from '../host/marks.ts';
import { startServer } from '../host/run-server.ts';
import type { DatabaseNode } from '../node.ts';
import type { Upstream } from '../upstream.ts';
import { runningPostmaster } from '../watch/observe-node.ts';

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
