/** What pg_controldata says of a data folder, in English. */
export interface ControlData {
  systemId?: string;
  state?: string;
  timeline?: number;
  segmentBytes?: number;
  minRecoveryLsn?: string;
  pageChecksums: boolean;
  /** What a server needs at least to replay the log, as its options are called. */
  limits: Readonly<Record<string, number>>;
}

const limitNames: Readonly<Record<string, string>> = {
  'max_connections setting': 'max_connections',
  'max_worker_processes setting': 'max_worker_processes',
  'max_wal_senders setting': 'max_wal_senders',
  'max_prepared_xacts setting': 'max_prepared_transactions',
  'max_locks_per_xact setting': 'max_locks_per_transaction',
};

export function parseControlData(stdout: string): ControlData {
  const read = new Map(
    stdout.split('\n').flatMap((line) => {
      const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
  const number = (name: string) => {
    const value = read.get(name);
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
  };
  const systemId = read.get('Database system identifier');
  const state = read.get('Database cluster state');
  const minRecoveryLsn = read.get('Minimum recovery ending location');
  const timeline = number("Latest checkpoint's TimeLineID");
  const segmentBytes = number('Bytes per WAL segment');
  return {
    ...(systemId !== undefined && { systemId }),
    ...(state !== undefined && { state }),
    ...(timeline !== undefined && { timeline }),
    ...(segmentBytes !== undefined && segmentBytes > 0 && { segmentBytes }),
    ...(minRecoveryLsn !== undefined && { minRecoveryLsn }),
    pageChecksums: (number('Data page checksum version') ?? 0) > 0,
    limits: Object.fromEntries(
      Object.entries(limitNames).flatMap(([name, option]) => {
        const value = number(name);
        return value === undefined ? [] : [[option, value]];
      }),
    ),
  };
}
