import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { Fate, TransactionMark } from '../../../contracts/recovery/sql-host.ts';
import { sqlState, type Session } from '../sql/session.ts';

/** The path of the role is in force: the owner of the database could put functions and operators on it. */
const origin = `CASE WHEN pg_catalog.pg_is_in_recovery() THEN NULL
    ELSE pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8)
  END AS timeline,
  (SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system()) AS system`;

/** A record of the log that carries the number of the transaction. Nobody subscribes to it. */
const logRecord = `pg_catalog.pg_logical_emit_message(
  true, 'belay'::pg_catalog.text, ''::pg_catalog.text)::pg_catalog.text`;

interface Marked {
  mark: TransactionMark;
  /** Where the log has to be flushed to for the number to outlive a crash. */
  lsn: string;
}

/** Gives the transaction its number. Its commit is flushed, also where the server does not do so by itself. */
export async function markTransaction(session: Session): Promise<Marked> {
  await session.query(
    `SELECT pg_catalog.set_config('synchronous_commit', 'local', true)
     WHERE pg_catalog.current_setting('synchronous_commit') OPERATOR(pg_catalog.=) 'off'`,
  );
  const [row] = await session.query<Partial<TransactionMark> & { lsn: string }>(
    `SELECT ${logRecord} AS lsn, pg_catalog.pg_current_xact_id()::pg_catalog.text AS id, ${origin}`,
  );
  const { id, timeline, system, lsn } = row ?? {};
  if (!id || !timeline || !system || !lsn) {
    throw new AgentError('unfinished', 'the server does not say the number of its transaction');
  }
  return { mark: { id, timeline, system }, lsn };
}

interface Numbered {
  id: string;
  lsn: string;
  /** By another connection: this one flushes nothing before its commit. */
  flush: () => Promise<void>;
}

/**
 * After a crash, a number of which nothing was flushed is given to somebody else, whose commit would
 * be taken for ours.
 */
export async function keepNumber(session: Session, { id, lsn, flush }: Numbered): Promise<void> {
  if (await isFlushed(session, id, lsn)) return;
  await flush();
  if (await isFlushed(session, id, lsn)) return;
  throw new AgentError('unfinished', `the server did not flush its log to ${lsn}`);
}

/** A commit of a transaction that logged something flushes the log, and all that is before it. */
export async function flushLog(session: Session): Promise<void> {
  await session.query('BEGIN READ WRITE');
  await session.query('SET LOCAL synchronous_commit = local');
  await session.query(`SELECT ${logRecord}`);
  await session.query('COMMIT');
}

/** Of a server that is the one that gave the number, and has not gone back in time since. */
export async function readFate(session: Session, mark: TransactionMark): Promise<Fate> {
  const [now] = await session.query<Partial<TransactionMark>>(`SELECT ${origin}`);
  if (now?.timeline !== mark.timeline || now.system !== mark.system) return 'forgotten';
  const status = await session
    .query<{ fate: string | null }>(
      'SELECT pg_catalog.pg_xact_status($1::pg_catalog.xid8) AS fate',
      [mark.id],
    )
    .catch((error: unknown) => {
      // In the future: the server was set back to before it.
      if (sqlState(error) === '22023') return [];
      throw error;
    });
  const fate = status[0]?.fate;
  if (fate === 'in progress') {
    throw new AgentError('unfinished', `transaction ${mark.id} is still being committed`);
  }
  if (fate === 'committed') return 'committed';
  return fate === 'aborted' ? 'rolled-back' : 'forgotten';
}

async function isFlushed(session: Session, id: string, lsn: string): Promise<boolean> {
  const [row] = await session.query<{ id: string | null; flushed: boolean }>(
    `SELECT pg_catalog.pg_current_xact_id_if_assigned()::pg_catalog.text AS id,
       pg_catalog.pg_current_wal_flush_lsn() OPERATOR(pg_catalog.>=) $1::pg_catalog.pg_lsn AS flushed`,
    [lsn],
  );
  if (row?.id !== id) {
    throw new AgentError(
      'refused',
      'the statement ended its transaction, such as by COMMIT or ROLLBACK: leave that out, every statement is a transaction of its own',
    );
  }
  return row.flushed;
}
