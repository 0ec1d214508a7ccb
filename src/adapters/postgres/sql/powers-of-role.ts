/**
 * Of the role `r` of pg_roles: the roles that it may become and that reach more than the database; null
 * for none. Before version 16, CREATEROLE grants every role but a superuser, also to itself; since then,
 * only those that it is a member of, with ADMIN OPTION.
 */
export const powersOfRole = `(
  SELECT string_agg(d.rolname || CASE WHEN d.reaches THEN '' ELSE ' (CREATEROLE)' END, ', ')
  FROM (
    SELECT oid, rolname, rolsuper OR rolname IN
        ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files') AS reaches,
      rolcreaterole AND current_setting('server_version_num')::int < 160000 AS grants
    FROM pg_roles
  ) d
  WHERE (d.reaches OR d.grants)
    AND (d.oid = r.oid OR (NOT r.rolsuper AND pg_has_role(r.oid, d.oid, 'MEMBER')))
)`;
