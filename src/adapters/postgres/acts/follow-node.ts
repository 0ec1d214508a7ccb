import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { NodeFacts } from '../../../contracts/recovery/database-node.ts';
import { examineNode } from '../facts/examine-node.ts';
import { readServerState } from '../facts/server-state.ts';
import { writeUpstream } from '../host/write-upstream.ts';
import type { DatabaseNode } from '../node.ts';
import type { Upstream } from '../upstream.ts';
import { runningPostmaster } from '../watch/observe-node.ts';
import { createSlot, isSlot } from './prepare-to-lead.ts';

const answerWithinMs = 10_000;
const streamsWithinMs = 30_000;
const pollMs = 100;

/** Has a running standby follow another primary. */
export async function followNode(
  node: DatabaseNode,
  upstream: Upstream,
  attempt: Attempt,
): Promise<NodeFacts> {
  const facts = await examineNode(node);
  if (facts.state !== 'standby') {
    const said = `${facts.state}, ${facts.detail}`;
    throw new AgentError('refused', `${node.settings.name} is no standby that runs: ${said}`);
  }
  await preparePrimary(node, upstream, facts.systemIdentifier);
  const [row] = await node.tell(answerWithinMs, (session) =>
    session.query<{ present: string }>("SELECT current_setting('primary_conninfo') AS present"),
  );
  await writeUpstream(node, upstream, { present: row?.present ?? '' });
  await node.tell(answerWithinMs, (session) => session.query('SELECT pg_reload_conf()'));
  await awaitStreaming(node, upstream, attempt);
  return examineNode(node);
}

/** Refuses what is no primary of the same database, and makes the slot. */
export async function preparePrimary(
  node: DatabaseNode,
  { primary, slot }: Upstream,
  systemIdentifier: string | undefined,
): Promise<void> {
  if (!isSlot(slot))
    throw new AgentError('refused', `${JSON.stringify(slot)} is no name of a slot`);
  const address = `${primary.host}:${primary.port}`;
  await node.askPeer(primary, answerWithinMs, async (session) => {
    const state = await readServerState(session);
    if (state.standby) throw new AgentError('refused', `${address} is no primary`);
    if (systemIdentifier !== undefined && state.systemIdentifier !== systemIdentifier) {
      throw new AgentError(
        'refused',
        `${address} is database ${state.systemIdentifier}, not ${systemIdentifier}`,
      );
    }
    await createSlot(session, slot);
  });
}

async function receives(node: DatabaseNode, timeline: number): Promise<boolean> {
  const [row] = await node
    .ask(answerWithinMs, (session) =>
      session.query<{ timeline: number }>(
        "SELECT received_tli AS timeline FROM pg_stat_wal_receiver WHERE status = 'streaming'",
      ),
    )
    .catch(() => []);
  return row?.timeline === timeline;
}

/**
 * Only what the primary sees counts. A standby also streams the end of an old timeline, before it asks
 * for the present one: so it has to have what the primary has now.
 */
export async function awaitStreaming(
  node: DatabaseNode,
  { primary, slot }: Upstream,
  attempt: Attempt,
  withinMs = streamsWithinMs,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  const [now] = await node.askPeer(primary, answerWithinMs, (session) =>
    session.query<{ lsn: string; segment: string }>(
      `SELECT pg_current_wal_flush_lsn()::text AS lsn,
         pg_walfile_name(pg_current_wal_lsn()) AS segment`,
    ),
  );
  const timeline = Number.parseInt(now?.segment.slice(0, 8) ?? '', 16);
  let last = 'nobody uses the slot';
  for (;;) {
    const state = await node
      .askPeer(primary, answerWithinMs, (session) =>
        session.query<{ state: string }>(
          `SELECT CASE WHEN s.state = 'streaming' AND s.flush_lsn < $2::pg_lsn
             THEN 'behind' ELSE s.state END AS state
           FROM pg_replication_slots l JOIN pg_stat_replication s ON s.pid = l.active_pid
           WHERE l.slot_name = $1::name`,
          [slot, now?.lsn],
        ),
      )
      .then(([row]) => row?.state ?? 'nobody uses the slot')
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (state === 'streaming' && (await receives(node, timeline))) return;
    if ((await runningPostmaster(node)) === undefined) {
      throw new AgentError(
        'unfinished',
        `the server of ${node.settings.name} has ended: see its log`,
      );
    }
    last = state === 'streaming' ? 'another timeline' : state;
    attempt.cancelled.throwIfAborted();
    if (attempt.leaving.aborted) throw new AgentError('away', 'the agent stops; it is done again');
    if (performance.now() > deadline) {
      throw new AgentError(
        'unfinished',
        `${node.settings.name} does not stream by slot ${slot}: ${last}`,
      );
    }
    await sleep(pollMs);
  }
}
