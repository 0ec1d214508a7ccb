import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { SqlAnswer, StatementCall } from '../../../contracts/recovery/sql.ts';
import type { SqlPlace, SqlServer } from '../../../contracts/recovery/sql-host.ts';
import { withSession, type Session } from '../sql/session.ts';
import { examineRole } from './examine-role.ts';
import { orRefused } from './or-refused.ts';
import { mostRows, shownAnswer } from './shown-answer.ts';
import { flushLog, keepNumber, markTransaction, readFate } from './transaction-mark.ts';

/** Beside the time of the statement itself: to connect, to examine the role, and to commit. */
const overheadMs = 5_000;
const shortMs = 10_000;

/** Carries statements of playbooks out, each in a connection of its own. */
export const sqlServer: SqlServer = {
  examine: (place, { statement, changes, timeoutMs }) =>
    connected(place, Math.min(timeoutMs, shortMs), async (session) => {
      await begin(session, 'READ ONLY', timeoutMs);
      const { problems, standby, version } = await examineRole(session, place);
      const isUseless = changes && standby;
      const found = [
        ...problems,
        ...(isUseless ? [`${place.name} is a standby: nothing can be changed there`] : []),
      ];
      if (found.length === 0) await parse(session, statement);
      await session.query('ROLLBACK');
      const detail = `PostgreSQL ${version}, ${place.database} as ${place.user}`;
      return { detail, problems: found };
    }),

  query: (place, call, cancelled) =>
    connected(place, call.timeoutMs, async (session) => {
      await begin(session, 'READ ONLY', call.timeoutMs);
      await requireRole(session, place);
      const answer = await carryOut(session, place, { call, cancelled });
      await session.query('ROLLBACK');
      return answer;
    }),

  execute: (place, call, { beforeCommit, cancelled }) =>
    connected(place, call.timeoutMs, async (session) => {
      await begin(session, 'READ WRITE', call.timeoutMs);
      await requireRole(session, place);
      const { mark, lsn } = await markTransaction(session);
      const answer = await carryOut(session, place, { call, cancelled });
      const { least, most } = call;
      if (answer.count < least || answer.count > most) {
        throw new AgentError(
          'refused',
          `${answer.count} rows were changed or returned, where at least ${least} and at most ${most} were expected: the transaction was rolled back`,
        );
      }
      const flush = () => connected(place, shortMs, flushLog);
      await keepNumber(session, { id: mark.id, lsn, flush });
      await beforeCommit(mark, answer);
      await session.query('COMMIT');
      return answer;
    }),

  fateOf: (place, mark) => connected(place, shortMs, (session) => readFate(session, mark)),
};

async function connected<T>(
  place: SqlPlace,
  withinMs: number,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { name, host, port, user, database, password } = place;
  const server = {
    ...{ host, port, user, database, hasOwnPath: true as const },
    ...(password !== undefined && { password }),
  };
  return orRefused(`${database} of ${name}`, withSession(server, withinMs + overheadMs, work));
}

async function begin(session: Session, how: string, timeoutMs: number): Promise<void> {
  await session.query(`BEGIN ISOLATION LEVEL READ COMMITTED, ${how}`);
  await session.query(`SET LOCAL statement_timeout = ${Math.ceil(timeoutMs)}`);
  await session.query(`SET LOCAL idle_in_transaction_session_timeout = ${2 * overheadMs}`);
}

async function requireRole(session: Session, place: SqlPlace): Promise<void> {
  const { problems } = await examineRole(session, place);
  if (problems.length > 0) throw new AgentError('refused', problems.join('; '));
}

/** Ended by the server where it is not wanted any more; nothing of it is committed then. */
async function carryOut(
  session: Session,
  place: SqlPlace,
  { call, cancelled }: { call: StatementCall; cancelled: AbortSignal },
): Promise<SqlAnswer> {
  const [backend] = await session.query<{ pid: number }>(
    'SELECT pg_catalog.pg_backend_pid() AS pid',
  );
  const cancel = () => {
    const cancelling = connected(place, shortMs, (other) =>
      other.query('SELECT pg_catalog.pg_cancel_backend($1)', [backend?.pid]),
    );
    // Its own time ends it, too.
    cancelling.catch(() => undefined);
  };
  if (cancelled.aborted) throw new AgentError('refused', 'was cancelled before it began');
  cancelled.addEventListener('abort', cancel, { once: true });
  try {
    const carried = await session.carryOut(call.statement, call.parameters, mostRows);
    cancelled.throwIfAborted();
    return shownAnswer(carried);
  } finally {
    cancelled.removeEventListener('abort', cancel);
  }
}

const prepared = /^(?:SELECT|WITH|VALUES|TABLE|INSERT|UPDATE|DELETE|MERGE)\b/i;

/** Names, types and grammar are checked, and nothing is executed. Other statements cannot be. */
async function parse(session: Session, statement: string): Promise<void> {
  if (!prepared.test(statement.trimStart())) return;
  await session.carryOut(`PREPARE belay_check AS ${statement}`, [], 0);
}
