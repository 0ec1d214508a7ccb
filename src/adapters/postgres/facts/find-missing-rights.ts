import type { Session } from '../sql/session.ts';

/** What pg_rewind calls on the server that it reads from. */
const functions = [
  'pg_ls_dir(text, boolean, boolean)',
  'pg_stat_file(text, boolean)',
  'pg_read_binary_file(text)',
  'pg_read_binary_file(text, bigint, bigint, boolean)',
];
/** `pg_checkpoint` is of PostgreSQL 15 and later. */
const roles = ['pg_monitor', 'pg_checkpoint'];

/** Functions and roles that the role `$1` lacks; no row where there is no such role. */
const rightsQuery = `SELECT r.rolreplication OR r.rolsuper AS replicates,
  ARRAY(SELECT f.call FROM unnest($2::text[]) AS f (call)
    WHERE NOT has_function_privilege(r.oid, to_regprocedure(f.call), 'EXECUTE')) AS functions,
  ARRAY(SELECT m.rolname::text FROM pg_roles m
    WHERE m.rolname = ANY ($3::text[]) AND NOT pg_has_role(r.oid, m.oid, 'USAGE')) AS roles
FROM pg_roles r WHERE r.rolname = $1`;

interface Rights {
  replicates: boolean;
  functions: string[];
  roles: string[];
}

/** What the role of `replication` lacks for a former primary to come back, each with how to grant it. */
export async function findMissingRights(session: Session, role: string): Promise<string[]> {
  const [rights] = await session.query<Rights>(rightsQuery, [role, functions, roles]);
  const name = JSON.stringify(role);
  if (rights === undefined) {
    return [`there is no role ${role}: CREATE ROLE ${name} LOGIN REPLICATION`];
  }
  return [
    ...(rights.replicates
      ? []
      : [`role ${role} may not replicate: ALTER ROLE ${name} REPLICATION`]),
    ...rights.functions.map(
      (call) =>
        `role ${role} may not execute ${call}: GRANT EXECUTE ON FUNCTION ${call} TO ${name}`,
    ),
    ...rights.roles.map((lacks) => `role ${role} lacks ${lacks}: GRANT ${lacks} TO ${name}`),
  ];
}
