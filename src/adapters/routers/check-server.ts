import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { NodeAddress } from '../../contracts/recovery/database-node.ts';
import type { RouteTarget } from '../../contracts/recovery/routes.ts';
import type { RouterLogin } from '../../specs/kernel/routers.ts';
import { withSession } from '../postgres/sql/session.ts';
import { passwordOf } from './password-of.ts';

/** A server answered, and is not the one that is meant. */
export class WrongServer extends AgentError {
  constructor(message: string) {
    super('unfinished', message);
  }
}

interface Asked {
  /** A server, or a pooler in front of one. */
  at: NodeAddress & { isPooler?: true };
  database: string;
  login: RouterLogin;
  withinMs: number;
}

interface Answered {
  identifier?: string;
  /** Null: it is a standby. */
  segment?: string | null;
}

/** Asks which server it is. Throws WrongServer for another one, AgentError where nobody answers. */
export async function checkServer(
  asked: Asked,
  { systemIdentifier, timeline }: RouteTarget,
): Promise<void> {
  const where = whereOf(asked);
  const { identifier, segment } = await askServer(asked);
  const found = Number.parseInt(segment ?? '', 16);
  const wrong = [
    ...(identifier === systemIdentifier
      ? []
      : [`its system identifier is ${identifier}, not ${systemIdentifier}`]),
    ...(segment ? [] : ['it is a standby']),
    ...(segment && found !== timeline ? [`it is on timeline ${found}, not ${timeline}`] : []),
  ];
  if (wrong.length > 0)
    throw new WrongServer(`another server answers ${where}: ${wrong.join('; ')}`);
}

/** Throws AgentError where nobody answers. */
export async function askServer(asked: Asked): Promise<Answered> {
  const { at, database, login, withinMs } = asked;
  const password = await passwordOf(login);
  const place = { ...at, user: login.user, database, ...(password !== undefined && { password }) };
  const [row] = await withSession(place, withinMs, (session) =>
    session.query<Answered>(question),
  ).catch((error: unknown) => {
    const said = error instanceof Error ? error.message || String(error) : String(error);
    throw new AgentError(
      'unfinished',
      `role ${login.user} cannot ask for database ${database} ${whereOf(asked)}: ${said}`,
    );
  });
  return row ?? {};
}

function whereOf({ at }: Asked): string {
  return at.isPooler ? `through ${at.host}:${at.port}` : `at ${at.host}:${at.port}`;
}

/** The control file has the old timeline for a while after a promotion; the name of a segment does not. */
const question = `SELECT (pg_catalog.pg_control_system()).system_identifier::pg_catalog.text AS identifier,
  CASE WHEN pg_catalog.pg_is_in_recovery() THEN NULL
    ELSE pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8) END AS segment`;
