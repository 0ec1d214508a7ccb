interface Server {
  port: number;
  socketFolder: string;
  /** Of pgBackRest, which pushes each segment of the log. */
  archiveCommand: string;
  /** More of them: `name=value`. */
  more: readonly string[];
}

/** Settings of a server that archives its log, listens on a socket alone, and may lose what it wrote with its host. */
export function serverConfiguration({ port, socketFolder, archiveCommand, more }: Server): string {
  const settings = [
    `port = ${port}`,
    "listen_addresses = ''",
    `unix_socket_directories = '${socketFolder}'`,
    'archive_mode = on',
    `archive_command = '${archiveCommand}'`,
    'wal_level = replica',
    'wal_log_hints = on',
    'hot_standby = on',
    'max_wal_senders = 10',
    'fsync = off',
    'shared_buffers = 16MB',
    ...more,
  ];
  return `${settings.join('\n')}\n`;
}
