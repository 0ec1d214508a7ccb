/** `pgbackrest info --output=json`, as far as it is used. */
export interface Info {
  repositories: readonly RepositoryStatus[];
  databases: readonly InfoDatabase[];
  archives: readonly { repository: number; database: number; id: string }[];
  backups: readonly InfoBackup[];
  /** Another pgBackRest backs this stanza up, or expires its sets. */
  locked: boolean;
}

export interface RepositoryStatus {
  key: number;
  /** 0 and 2: can be used; 2 has no set. */
  code: number;
  message: string;
}

export interface InfoDatabase {
  id: number;
  repository: number;
  systemId: string;
  version: string;
}

export interface InfoBackup {
  repository: number;
  database: number;
  label: string;
  type: 'full' | 'diff' | 'incr';
  prior?: string;
  reference: readonly string[];
  annotation: Readonly<Record<string, string>>;
  archive: { start: string; stop: string };
  lsn: { start: string; stop: string };
  startedAtMs: number;
  stoppedAtMs: number;
  bytes: number;
  storedBytes: number;
  error: boolean;
}

export const statusOk = 0;
export const statusNoSets = 2;

interface RawInfo {
  repo?: { key: number; status: { code: number; message: string } }[];
  db?: { id: number; 'repo-key': number; 'system-id': string; version: string }[];
  archive?: { id: string; database: { id: number; 'repo-key': number } }[];
  backup?: RawBackup[];
  status?: { lock?: { backup?: { held?: boolean } } };
}

interface RawBackup {
  label: string;
  type: InfoBackup['type'];
  prior: string | null;
  reference: string[] | null;
  annotation?: Record<string, string> | null;
  database: { id: number; 'repo-key': number };
  archive: { start: string | null; stop: string | null };
  lsn?: { start: string; stop: string } | null;
  timestamp: { start: number; stop: number };
  info: { size: number; repository: { delta: number } };
  error?: boolean | null;
}

/**
 * The command exits with 0 whatever it finds: everything is in its answer. System identifiers have
 * more digits than a number of JavaScript keeps, and are read as text. Of a file that it could not
 * decrypt it quotes the bytes, which are no JSON.
 */
export function parseInfo(stdout: string): Info {
  const quoted = stdout
    .replaceAll(/[^\x20-\u{10ffff}]/gu, ' ')
    .replaceAll(/"system-id":(\d+)/g, '"system-id":"$1"');
  const [raw] = JSON.parse(quoted) as RawInfo[];
  const { repo = [], db = [], archive = [], backup = [], status } = raw ?? {};
  return {
    repositories: repo.map(({ key, status: { code, message } }) => ({ key, code, message })),
    databases: db.map((one) => ({
      id: one.id,
      repository: one['repo-key'],
      systemId: one['system-id'],
      version: one.version,
    })),
    archives: archive.map(({ id, database }) => ({
      id,
      repository: database['repo-key'],
      database: database.id,
    })),
    backups: backup.map(readBackup),
    locked: status?.lock?.backup?.held === true,
  };
}

function readBackup(raw: RawBackup): InfoBackup {
  const { label, type, prior, reference, annotation, database, archive, lsn, timestamp } = raw;
  return {
    ...{ label, type },
    repository: database['repo-key'],
    database: database.id,
    ...(prior !== null && { prior }),
    reference: reference ?? [],
    annotation: annotation ?? {},
    archive: { start: archive.start ?? '', stop: archive.stop ?? '' },
    lsn: { start: lsn?.start ?? '', stop: lsn?.stop ?? '' },
    startedAtMs: timestamp.start * 1000,
    stoppedAtMs: timestamp.stop * 1000,
    bytes: raw.info.size,
    storedBytes: raw.info.repository.delta,
    error: raw.error === true,
  };
}
