import * as z from 'zod';
import type { Replica, Upstream } from '../../../contracts/recovery/database-node.ts';
import type { Session } from '../sql/session.ts';

/**
 * A standby may have received and not replayed; what it reads from an archive it has not received. Once
 * its receiver has gone, only the names of the log that it wrote say which timeline it followed.
 */
const stateQuery = `SELECT json_build_object(
  'version', current_setting('server_version'),
  'systemIdentifier', (SELECT system_identifier::text FROM pg_control_system()),
  'dataFolder', current_setting('data_directory'),
  'standby', r.standby,
  'lsn', CASE WHEN r.standby THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
  'receivedLsn', CASE WHEN r.standby THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) END,
  'replayedUntil', CASE WHEN r.standby THEN floor(extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000) END,
  'segment', CASE WHEN r.standby THEN NULL ELSE pg_walfile_name(pg_current_wal_lsn()) END,
  'timeline', greatest(
    (SELECT timeline_id FROM pg_control_checkpoint()),
    (SELECT min_recovery_end_timeline FROM pg_control_recovery()),
    (SELECT received_tli FROM pg_stat_wal_receiver),
    CASE WHEN r.standby THEN (SELECT max(('x' || left(name, 8))::bit(32)::integer)
      FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$') END),
  'synchronous', current_setting('synchronous_standby_names'),
  'rewindable', current_setting('data_checksums') = 'on' OR current_setting('wal_log_hints') = 'on',
  'archiveMode', current_setting('archive_mode'),
  'lastArchived', (SELECT last_archived_wal FROM pg_stat_archiver),
  'lastFailed', (SELECT last_failed_wal FROM pg_stat_archiver
    WHERE last_failed_time > coalesce(last_archived_time, '-infinity')),
  'replicas', (SELECT coalesce(json_agg(json_build_object(
      'name', s.application_name, 'address', host(s.client_addr), 'state', s.state, 'sync', s.sync_state,
      'flushedLsn', s.flush_lsn, 'replayedLsn', s.replay_lsn, 'slot', l.slot_name)), '[]')
    FROM pg_stat_replication s LEFT JOIN pg_replication_slots l ON l.active_pid = s.pid),
  'receiver', (SELECT json_build_object(
      'status', status, 'host', sender_host, 'port', sender_port, 'slot', slot_name,
      'lastMessageAt', floor(extract(epoch FROM last_msg_receipt_time) * 1000))
    FROM pg_stat_wal_receiver)
) AS state FROM (SELECT pg_is_in_recovery() AS standby) r`;

const text = z.string().nullable();
const stateShape = z.object({
  version: z.string(),
  systemIdentifier: z.string(),
  dataFolder: z.string(),
  standby: z.boolean(),
  lsn: text,
  receivedLsn: text,
  replayedUntil: z.number().nullable(),
  segment: text,
  timeline: z.number(),
  synchronous: z.string(),
  rewindable: z.boolean(),
  archiveMode: z.string(),
  lastArchived: text,
  lastFailed: text,
  replicas: z.array(
    z.object({
      ...{ name: z.string(), address: text, state: text, sync: text },
      ...{ flushedLsn: text, replayedLsn: text, slot: text },
    }),
  ),
  receiver: z
    .object({
      ...{ status: text, host: text, port: z.number().nullable(), slot: text },
      lastMessageAt: z.number().nullable(),
    })
    .nullable(),
});

export type ServerState = z.output<typeof stateShape>;

/** Throws where the server says something else than PostgreSQL does. */
export async function readServerState(session: Session): Promise<ServerState> {
  const [row] = await session.query<{ state: unknown }>(stateQuery);
  return stateShape.parse(row?.state);
}

/** Of a primary by its current segment. */
export function timelineOf({ segment, timeline }: ServerState): number {
  return segment === null ? timeline : Number.parseInt(segment.slice(0, 8), 16);
}

export function replicasOf({ replicas }: ServerState): Replica[] {
  return replicas.map(({ name, address, state, sync, flushedLsn, replayedLsn, slot }) => ({
    name,
    ...(address !== null && { address }),
    state: state ?? 'unknown',
    sync: (['potential', 'sync', 'quorum'] as const).find((each) => each === sync) ?? 'async',
    ...(flushedLsn !== null && { flushedLsn }),
    ...(replayedLsn !== null && { replayedLsn }),
    ...(slot !== null && { slot }),
  }));
}

export function upstreamOf({ receiver, standby }: ServerState): Upstream | undefined {
  if (!standby) return undefined;
  if (receiver === null) return { connected: false };
  const { status, host, port, slot, lastMessageAt } = receiver;
  return {
    connected: status === 'streaming',
    ...(host !== null && port !== null && { address: { host, port } }),
    ...(slot !== null && { slot }),
    ...(lastMessageAt !== null && { lastMessageAtMs: lastMessageAt }),
  };
}
