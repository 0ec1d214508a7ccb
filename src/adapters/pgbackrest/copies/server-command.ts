import { basename } from 'node:path';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import { parseControlData, type ControlData } from '../source/control-data.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { writeInto, type CopyFolders, type CopyRecord } from './copy-folder.ts';
import { withoutNetwork } from './isolation.ts';
import { logLinePrefix } from './copy-log.ts';

export interface ServedCopy {
  folders: CopyFolders;
  record: CopyRecord;
  /** Of what its control file says. */
  limits: ControlData['limits'];
  logFile: string;
}

/**
 * How the server of a copy is started in the foreground. It archives nothing, takes connections on its own
 * socket alone, and loads no libraries ahead, which could have jobs of their own. Nothing of the
 * configuration of the source is used. Of two settings of the same name, the later one counts.
 */
export async function serverCommand(
  tools: ClusterTools,
  served: ServedCopy,
  settings: readonly string[],
): Promise<string[]> {
  const { folders, record, limits } = served;
  // What replay needs at least, as the source had it.
  const lines = Object.entries(limits).map(([name, value]) => `${name} = ${value}`);
  await writeInto(folders, folders.settings, `${lines.join('\n')}\n`);
  await writeInto(folders, folders.access, 'local all all trust\n');
  await writeInto(folders, folders.identities, '');
  return [
    ...(record.isIsolated ? withoutNetwork : []),
    await tools.program('postgres', folders.data),
    ...['-D', folders.data],
    ...['config_file', 'hba_file', 'ident_file'].flatMap((name) => [
      '-c',
      `${name}=${filesOf(folders)[name] ?? ''}`,
    ]),
    // Over what `ALTER SYSTEM` left in the data folder.
    ...[...overriding(tools, served), ...settings].flatMap((setting) => ['-c', setting]),
  ];
}

export async function readControlData(
  tools: ClusterTools,
  { data }: CopyFolders,
  attempt: Attempt,
): Promise<ControlData> {
  const program = await tools.program('pg_controldata', data);
  const answer = await tools.read([program, data], attempt);
  if (answer.exitCode === 0) return parseControlData(answer.stdout);
  throw new AgentError('refused', `${data} is no whole copy: ${answer.stderr.trim()}`);
}

function filesOf(folders: CopyFolders): Record<string, string> {
  return {
    config_file: folders.settings,
    hba_file: folders.access,
    ident_file: folders.identities,
  };
}

/** As a server is told to fetch a segment: a shell reads it. */
export function archiveGetOf(
  { settings }: ClusterTools,
  { folders, record }: Pick<ServedCopy, 'folders' | 'record'>,
): string {
  const { program, config, stanza } = settings.pgbackrest;
  const words = [
    ...[program, `--config=${config}`, `--stanza=${stanza}`, `--repo=${record.repository}`],
    ...[`--pg1-path=${folders.data}`, '--no-archive-async'],
    ...['--log-level-console=off', '--log-level-file=off', '--log-level-stderr=error'],
  ];
  return `${words.map(shellWord).join(' ')} archive-get %f "%p"`;
}

/** PostgreSQL reads % itself, and gives the rest to a shell. */
export function shellWord(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`.replaceAll('%', '%%');
}

/** Targets of recovery: one that is empty takes an earlier one back, and there may be one. */
export const noTargets = ['', '_name', '_time', '_xid', '_lsn'].map(
  (which) => `recovery_target${which}=`,
);

function overriding(
  tools: ClusterTools,
  { folders, record, logFile }: Omit<ServedCopy, 'limits'>,
): string[] {
  return [
    `restore_command=${archiveGetOf(tools, { folders, record })}`,
    'archive_mode=off',
    'listen_addresses=',
    `unix_socket_directories=${folders.socket}`,
    'unix_socket_permissions=0700',
    'port=5432',
    // Replay would wait for a person where the source raised its limits.
    'hot_standby=off',
    'shared_preload_libraries=',
    'session_preload_libraries=',
    'local_preload_libraries=',
    'max_logical_replication_workers=0',
    'primary_conninfo=',
    'primary_slot_name=',
    'archive_cleanup_command=',
    'recovery_end_command=',
    'synchronous_standby_names=',
    'ssl=off',
    'external_pid_file=',
    'log_destination=stderr',
    'logging_collector=on',
    `log_directory=${folders.log}`,
    `log_filename=${basename(logFile)}`,
    `log_line_prefix=${logLinePrefix}`,
    'log_rotation_age=0',
    'log_rotation_size=0',
    'lc_messages=C',
    'log_timezone=UTC',
    // Nothing of a copy has to outlive the host.
    'fsync=off',
  ];
}
