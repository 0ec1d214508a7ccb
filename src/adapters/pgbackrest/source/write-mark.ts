import type { Mark, WriteMarkCall } from '../../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { literal } from '../tool/sql-literal.ts';
import { describeToolFailure } from '../tool/tool-failure.ts';

/**
 * Commits a row to the table `belay.marks`, which it makes, and closes the segment that it is in so
 * that it is archived at once. The same nonce again keeps the time of its first commit; its position
 * is then one after it.
 */
export async function writeMark(
  tools: ClusterTools,
  { nonce, act }: WriteMarkCall,
  attempt: Attempt,
): Promise<Mark> {
  const answer = await tools.psql(tools.place, statements({ nonce, runRef: act.runRef }), attempt);
  if (answer.exitCode !== 0) {
    const said = describeToolFailure(answer);
    const isStandby = answer.stderr.includes('read-only transaction');
    throw isStandby
      ? new AgentError(
          'refused',
          `marks are written on the primary, and this is a standby: ${said}`,
        )
      : new AgentError('unfinished', `the mark was not written: ${said}`);
  }
  const line = answer.stdout.split('\n').find((one) => one.startsWith('{')) ?? '{}';
  const { committedAtMs, lsn, segment } = JSON.parse(line) as {
    committedAtMs?: number;
    lsn?: string;
    segment?: string;
  };
  if (committedAtMs === undefined || lsn === undefined || segment === undefined) {
    throw new AgentError('unfinished', `the mark was not found again: ${answer.stdout}`);
  }
  return {
    nonce,
    committedAtMs: Math.floor(committedAtMs),
    at: { timeline: Number.parseInt(segment.slice(0, 8), 16), segment, lsn },
  };
}

function statements({ nonce, runRef }: { nonce: string; runRef: string }): string[] {
  return [
    // Says nothing where they are there already.
    'SET client_min_messages = error',
    'CREATE SCHEMA IF NOT EXISTS belay',
    `CREATE TABLE IF NOT EXISTS belay.marks (
       nonce text PRIMARY KEY,
       run text NOT NULL,
       committed_at timestamptz NOT NULL DEFAULT clock_timestamp()
     )`,
    `INSERT INTO belay.marks (nonce, run) VALUES (${literal(nonce)}, ${literal(runRef)}) ON CONFLICT DO NOTHING`,
    `SELECT json_build_object(
       'committedAtMs', extract(epoch FROM committed_at) * 1000,
       'lsn', pg_current_wal_lsn(),
       'segment', pg_walfile_name(pg_current_wal_lsn())
     ) FROM belay.marks WHERE nonce = ${literal(nonce)}`,
    'SELECT pg_switch_wal()',
  ];
}
