import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { SqlPlace } from '../../../contracts/recovery/sql-host.ts';
import { powersOfRole } from '../sql/powers-of-role.ts';
import type { Session } from '../sql/session.ts';

interface ExaminedRole {
  problems: string[];
  standby: boolean;
  version: string;
}

/** Within a transaction. Whoever owns the database must not say what these functions do. */
export async function examineRole(
  session: Session,
  { user, name, superuser }: SqlPlace,
): Promise<ExaminedRole> {
  await session.query('SET LOCAL search_path = pg_catalog');
  const [row] = await session.query<{ powers: string | null; standby: boolean; version: string }>(
    `SELECT ${powersOfRole} AS powers, pg_is_in_recovery() AS standby,
       split_part(current_setting('server_version'), ' ', 1) AS version
     FROM pg_roles r WHERE r.rolname = session_user`,
  );
  await session.query('SET LOCAL search_path TO DEFAULT');
  if (row === undefined) {
    throw new AgentError(
      'refused',
      `${name} has no role ${user} any more: it was dropped, or renamed`,
    );
  }
  const { powers, standby, version } = row;
  const problems =
    powers === null || superuser
      ? []
      : [
          `${user} may become ${powers}: give clusters.${name}.sql a role that is no superuser, reaches no files of the host, and has no CREATEROLE (before PostgreSQL 16), or write superuser: true there`,
        ];
  return { problems, standby, version };
}
