import * as z from 'zod';

/** What one query finds out about a server. */
export const sourceQuery = `SELECT json_build_object(
  'version', current_setting('server_version'),
  'standby', pg_is_in_recovery(),
  'lsn', CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
  'timeline', (SELECT timeline_id FROM pg_control_checkpoint()),
  'segment', CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_walfile_name(pg_current_wal_lsn()) END,
  'replayPaused', CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END,
  'dataFolder', current_setting('data_directory'),
  'archiveMode', current_setting('archive_mode'),
  'archiveCommand', current_setting('archive_command'),
  'archiveLibrary', coalesce(current_setting('archive_library', true), ''),
  'walLevel', current_setting('wal_level'),
  'bytes', (SELECT sum(pg_database_size(oid)) FROM pg_database),
  'lastArchived', last_archived_wal,
  'lastArchivedAt', extract(epoch FROM last_archived_time) * 1000,
  'lastFailed', last_failed_wal,
  'lastFailedAt', extract(epoch FROM last_failed_time) * 1000
) FROM pg_stat_archiver`;

const state = z.object({
  version: z.string(),
  standby: z.boolean(),
  lsn: z.string().nullable(),
  timeline: z.number(),
  segment: z.string().nullable(),
  replayPaused: z.boolean(),
  dataFolder: z.string(),
  archiveMode: z.enum(['off', 'on', 'always']),
  archiveCommand: z.string(),
  archiveLibrary: z.string(),
  walLevel: z.string(),
  bytes: z.number(),
  lastArchived: z.string().nullable(),
  lastArchivedAt: z.number().nullable(),
  lastFailed: z.string().nullable(),
  lastFailedAt: z.number().nullable(),
});

export type SourceState = z.output<typeof state>;

/** Throws where it is not the answer to `sourceQuery`. */
export function parseSourceState(stdout: string): SourceState {
  return state.parse(JSON.parse(stdout));
}
