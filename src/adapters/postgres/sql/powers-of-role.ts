/** Of the role `r` of pg_roles: the roles that it may become and that reach more than the database; null for none. */
export const powersOfRole = `(
  SELECT string_agg(d.rolname, ', ') FROM pg_roles d
  WHERE (d.rolsuper OR d.rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'))
    AND (d.oid = r.oid OR (NOT r.rolsuper AND pg_has_role(r.oid, d.oid, 'MEMBER')))
)`;
