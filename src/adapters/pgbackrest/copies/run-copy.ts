import { basename } from 'node:path';
import type { CopyPlace } from '../../../contracts/backups/provider.ts';
import type { RunCopyCall, StopPoint } from '../../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../../contracts/kernel/agent.ts';
import { withoutNetwork } from './isolation.ts';
import { logLinePrefix } from './copy-log.ts';
import { parseControlData } from '../source/control-data.ts';
import { requireSuccess, type ClusterTools } from '../tool/cluster-tools.ts';
import {
  copyFolders,
  logFileOf,
  readRecord,
  writeInto,
  writeServer,
  type CopyFolders,
  type CopyRecord,
} from './copy-folder.ts';

/**
 * Runs the server of a copy in the foreground, so that it ends with the act. It archives nothing,
 * takes connections on its own socket alone, and loads no libraries ahead, which could have jobs of
 * their own. Nothing of the configuration of the source is used.
 */
export async function runCopy(
  tools: ClusterTools,
  { folder, act, forMs, until }: RunCopyCall & CopyPlace,
  attempt: Attempt,
): Promise<void> {
  const folders = copyFolders(folder);
  const record = await readRecord(folders);
  const settings = await serverSettings(tools, { folders, record }, attempt);
  await writeInto(folders, folders.settings, settings);
  await writeInto(folders, folders.access, 'local all all trust\n');
  await writeInto(folders, folders.identities, '');
  await writeServer(folders, { ...act, ...(until && { until }) });
  const argv = [
    ...(record.isIsolated ? withoutNetwork : []),
    await tools.program('postgres', folders.data),
    ...['-D', folders.data],
    ...['config_file', 'hba_file', 'ident_file'].flatMap((name) => [
      '-c',
      `${name}=${filesOf(folders)[name] ?? ''}`,
    ]),
    // Over what `ALTER SYSTEM` left in the data folder.
    ...[...overriding(tools, { folders, record, act }), ...waiting(until)].flatMap((setting) => [
      '-c',
      setting,
    ]),
  ];
  const result = await tools.act(act, argv, attempt, {
    name: `run the copy of ${record.label}`,
    secrets: 'repository',
    timeoutMs: forMs,
  });
  if (result.ending === 'cancelled' || result.ending === 'timed-out') return;
  requireSuccess('the server of the copy', result);
}

function filesOf(folders: CopyFolders): Record<string, string> {
  return {
    config_file: folders.settings,
    hba_file: folders.access,
    ident_file: folders.identities,
  };
}

/** What replay needs at least, as the source had it. */
async function serverSettings(
  tools: ClusterTools,
  { folders }: { folders: CopyFolders; record: CopyRecord },
  attempt: Attempt,
): Promise<string> {
  const program = await tools.program('pg_controldata', folders.data);
  const answer = await tools.read([program, folders.data], attempt);
  if (answer.exitCode !== 0) {
    throw new AgentError('refused', `${folders.data} is no whole copy: ${answer.stderr.trim()}`);
  }
  const { limits } = parseControlData(answer.stdout);
  const lines = Object.entries(limits).map(([name, value]) => `${name} = ${value}`);
  return `${lines.join('\n')}\n`;
}

function overriding(
  { settings }: ClusterTools,
  { folders, record, act }: { folders: CopyFolders; record: CopyRecord; act: RunStep },
): string[] {
  const { program, config, stanza } = settings.pgbackrest;
  const words = [
    ...[program, `--config=${config}`, `--stanza=${stanza}`, `--repo=${record.repository}`],
    ...[`--pg1-path=${folders.data}`, '--no-archive-async'],
    ...['--log-level-console=off', '--log-level-file=off', '--log-level-stderr=error'],
  ];
  // PostgreSQL reads % itself, and gives the rest to a shell.
  const command = words.map((word) => quote(word).replaceAll('%', '%%')).join(' ');
  return [
    `restore_command=${command} archive-get %f "%p"`,
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
    `log_filename=${basename(logFileOf(folders, act))}`,
    `log_line_prefix=${logLinePrefix}`,
    'log_rotation_age=0',
    'log_rotation_size=0',
    'lc_messages=C',
    'log_timezone=UTC',
    // Nothing of a copy has to outlive the host.
    'fsync=off',
  ];
}

/** A target that is empty takes an earlier one back, and there may be one: what is wanted comes last. */
function waiting(until: StopPoint | undefined): string[] {
  if (until === undefined) return [];
  const targets = ['recovery_target', 'recovery_target_name', 'recovery_target_time'];
  return [
    ...[...targets, 'recovery_target_xid', 'recovery_target_lsn'].map((name) => `${name}=`),
    ...(until === 'consistent'
      ? ['recovery_target=immediate']
      : [
          `recovery_target_lsn=${until.lsn}`,
          `recovery_target_inclusive=${until.inclusive ? 'on' : 'off'}`,
        ]),
    'recovery_target_action=pause',
    'recovery_target_timeline=latest',
    'hot_standby=on',
  ];
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
