import { literal } from '../tool/sql-literal.ts';

/**
 * Makes the role that asks the queries of users, unless it is there: a superuser's `COPY TO PROGRAM`
 * is a shell of the account of PostgreSQL. It reads every table of the database that this is run in,
 * whatever their row security says, and belongs to no role that reaches files or programs.
 */
export function makeReader(name: string): string {
  return `DO $belay$
DECLARE
  reader CONSTANT text := ${literal(name)};
  place text;
BEGIN
  -- A retry may come while the first attempt is still at it.
  PERFORM pg_advisory_xact_lock(hashtext(reader));
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = reader) THEN
    EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION INHERIT BYPASSRLS', reader);
    EXECUTE format('ALTER ROLE %I SET default_transaction_read_only = on', reader);
    EXECUTE format('ALTER ROLE %I SET statement_timeout = %L', reader, '4min');
  END IF;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), reader);
  IF current_setting('server_version_num')::int >= 140000 THEN
    EXECUTE format('GRANT pg_read_all_data TO %I', reader);
    RETURN;
  END IF;
  FOR place IN
    SELECT nspname FROM pg_catalog.pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', place, reader);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I', place, reader);
    EXECUTE format('GRANT SELECT ON ALL SEQUENCES IN SCHEMA %I TO %I', place, reader);
  END LOOP;
END
$belay$`;
}
