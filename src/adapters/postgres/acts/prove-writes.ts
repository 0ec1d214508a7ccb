import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { CanaryRow } from '../../../contracts/recovery/database-node.ts';
import type { DatabaseNode } from '../node.ts';
import { SilentServer } from '../sql/session.ts';

const commitWithinMs = 10_000;
const keptRows = 1_000;

/** Commits a row on one connection, and reads it back on another. */
export async function proveWrites(node: DatabaseNode, nonce: string): Promise<CanaryRow> {
  await write(node, nonce);
  const [row] = await node.tell(commitWithinMs, (session) =>
    session.query<{ at: string; lsn: string; segment: string }>(
      `SELECT floor(extract(epoch FROM at) * 1000)::text AS at, pg_current_wal_lsn()::text AS lsn,
         pg_walfile_name(pg_current_wal_lsn()) AS segment
       FROM belay.canary WHERE nonce = $1 AND NOT pg_is_in_recovery()`,
      [nonce],
    ),
  );
  if (row === undefined) {
    throw new AgentError(
      'unfinished',
      'a row that was committed is not there on another connection',
    );
  }
  const { at, lsn, segment } = row;
  const timeline = Number.parseInt(segment.slice(0, 8), 16);
  return { nonce, committedAtMs: Number(at), lsn, timeline };
}

async function write(node: DatabaseNode, nonce: string): Promise<void> {
  try {
    await node.ask(commitWithinMs, async (session) => {
      await session.query('CREATE SCHEMA IF NOT EXISTS belay');
      await session.query(
        `CREATE TABLE IF NOT EXISTS belay.canary
           (nonce text PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp())`,
      );
      await session.query('INSERT INTO belay.canary (nonce) VALUES ($1) ON CONFLICT DO NOTHING', [
        nonce,
      ]);
      await session.query(
        `DELETE FROM belay.canary WHERE nonce IN
           (SELECT nonce FROM belay.canary ORDER BY at DESC OFFSET ${keptRows})`,
      );
    });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const hint =
      error instanceof SilentServer
        ? ': where synchronous_standby_names names a standby that is away, a commit waits for it'
        : '';
    throw new AgentError('unfinished', `a row cannot be committed: ${said}${hint}`);
  }
}
