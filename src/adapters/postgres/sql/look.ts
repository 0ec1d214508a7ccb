import type { View } from '../../../contracts/recovery/database-node.ts';
import { SilentServer, sqlState, withSession, type ServerPlace } from './session.ts';

export interface Look {
  view: Exclude<View, 'ended'>;
  detail: string;
  /** Where a query was answered. */
  isPrimary?: boolean;
  lsn?: string;
  /** Empty: commits do not wait for a standby, or not all of them. */
  synchronousStandbys?: string;
}

/** Where some commits are acknowledged without a standby, nobody can say that all have waited for one. */
const question = `SELECT r.standby,
  CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') OR EXISTS (
    SELECT FROM pg_db_role_setting, unnest(setconfig) AS each
    WHERE each ~ '^synchronous_commit=(off|local|false|no|0)$')
  THEN '' ELSE current_setting('synchronous_standby_names') END AS synchronous,
  CASE WHEN r.standby THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text AS lsn
FROM (SELECT pg_is_in_recovery() AS standby) r`;

/** Starting, stopping, or recovering after a crash: it takes no queries. */
const cannotConnectNow = '57P03';
const tooManyConnections = '53300';

/** Connects once and asks. Every answer but `not now` shows a server that serves somebody. */
export async function lookAt(place: ServerPlace, timeoutMs: number): Promise<Look> {
  try {
    const [row] = await withSession(place, timeoutMs, (session) =>
      session.query<{ standby: boolean; synchronous: string; lsn: string | null }>(question),
    );
    const { standby = true, lsn = null, synchronous } = row ?? {};
    const isPrimary = !standby;
    return {
      view: 'accepting',
      detail: isPrimary ? 'answers as a primary' : 'answers as a standby',
      isPrimary,
      ...(lsn !== null && { lsn }),
      ...(synchronous !== undefined && { synchronousStandbys: synchronous }),
    };
  } catch (error) {
    return lookOf(error);
  }
}

export function lookOf(error: unknown): Look {
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof SilentServer) return { view: 'silent', detail: said };
  const state = sqlState(error);
  if (state === cannotConnectNow) return { view: 'refused', detail: said };
  if (state === tooManyConnections) {
    return { view: 'accepting', detail: `answers that it has no connection left: ${said}` };
  }
  if (state !== undefined) return { view: 'accepting', detail: `answers, and refuses us: ${said}` };
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED' || code === 'ENOENT') {
    return { view: 'refused', detail: 'nobody listens' };
  }
  // Such as a reset, or no route: whether it serves others is not known.
  return { view: 'silent', detail: said };
}
