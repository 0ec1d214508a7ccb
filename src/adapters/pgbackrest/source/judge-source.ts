import type { PostgresClusterSettings } from '../../../specs/backups/agent-settings.ts';
import type { Archive } from '../wal/archive-listing.ts';
import type { SourceState } from './source-state.ts';

export interface SourceEvidence {
  settings: PostgresClusterSettings;
  /** Absent where the server does not answer. */
  state?: SourceState;
  /** Why it does not. */
  unreachable?: string;
  /** Account and number of the owner of the data folder; absent if the folder does not exist. */
  owner?: { uid: number; wanted?: number };
  /** Of pgBackRest's `archive-push`, from its file. */
  options: ReadonlyMap<string, string>;
  /** On the host, not yet archived. */
  waiting: number;
  /** Of the file system that the log is on. */
  freeBytes?: number;
  /** Of the repositories that can be used. */
  archives: readonly { repository: string; archive: Archive }[];
}

export interface SourceVerdict {
  refusals: string[];
  remarks: string[];
}

/** Below this PostgreSQL may stop for want of room before anybody looks. */
const scarceBytes = 1024 ** 3;
const manyWaiting = 32;

/** Every reason why a cluster cannot be backed up now, and everything that is worth a word. */
export function judgeSource(evidence: SourceEvidence): SourceVerdict {
  const { settings, state, owner, unreachable } = evidence;
  const refusals: string[] = [];
  const remarks: string[] = [];
  if (owner === undefined) {
    refusals.push(`there is no data folder ${settings.dataFolder}`);
  } else if (owner.wanted === undefined) {
    refusals.push(`this host has no account ${settings.user}`);
  } else if (owner.uid !== owner.wanted) {
    refusals.push(
      `${settings.dataFolder} belongs to user ${owner.uid}, and the tools run as ${settings.user} (${owner.wanted}): correct \`user\` in the agent's settings`,
    );
  }
  if (state === undefined) {
    refusals.push(`PostgreSQL does not answer: ${unreachable ?? 'it does not run'}`);
    return { refusals, remarks };
  }
  if (state.dataFolder !== settings.dataFolder) {
    refusals.push(
      `the server in ${settings.socketFolder} on port ${settings.port} has the data folder ${state.dataFolder}, not ${settings.dataFolder}`,
    );
  }
  if (state.standby) judgeStandby(evidence, state, { refusals, remarks });
  else judgeArchiving(evidence, state, { refusals, remarks });
  judgeRoom(evidence, { refusals, remarks });
  return { refusals, remarks };
}

function judgeStandby(
  { settings }: SourceEvidence,
  { replayPaused }: SourceState,
  { refusals, remarks }: SourceVerdict,
): void {
  if (!replayPaused) return;
  const paused =
    'the replay of this standby is paused (pg_wal_replay_pause), so that no set can be made from it';
  if (settings.pgbackrest.allowPrimary) remarks.push(`${paused}: it is made from the primary`);
  else refusals.push(`${paused}: give pg_wal_replay_resume(), or set allowPrimary`);
}

function judgeArchiving(
  evidence: SourceEvidence,
  state: SourceState,
  { refusals, remarks }: SourceVerdict,
): void {
  const { settings, options, waiting } = evidence;
  const { stanza } = settings.pgbackrest;
  if (state.walLevel === 'minimal') {
    refusals.push('wal_level is minimal: set it to replica, and restart PostgreSQL');
  }
  if (state.archiveMode === 'off') {
    refusals.push('archive_mode is off: set it to on, and restart PostgreSQL');
  } else if (state.archiveLibrary !== '') {
    refusals.push(
      `archive_library is ${state.archiveLibrary}, so that archive_command is not used: leave it empty`,
    );
  } else if (!/pgbackrest\b.*\barchive-push\b/.test(state.archiveCommand)) {
    refusals.push(
      `archive_command does not call pgBackRest: set it to 'pgbackrest --stanza=${stanza} archive-push %p'`,
    );
  } else {
    const given = /--stanza[= ]['"]?([^\s'"]+)/.exec(state.archiveCommand)?.[1];
    if (given !== undefined && given !== stanza) {
      refusals.push(`archive_command archives to the stanza ${given}, not to ${stanza}`);
    }
  }
  if (isFailing(state)) {
    refusals.push(
      `PostgreSQL cannot archive its log: ${state.lastFailed ?? ''} failed at ${at(state.lastFailedAt)}, and ${waiting} segments are waiting. See its own log for what archive_command said`,
    );
  } else if (waiting > manyWaiting) {
    remarks.push(`${waiting} segments are waiting to be archived`);
  }
  const queue = options.get('archive-push-queue-max');
  if (queue !== undefined) {
    remarks.push(
      `archive-push-queue-max is ${queue}: where more is waiting, pgBackRest drops segments and tells PostgreSQL that they were archived. Sets made before such a gap end there`,
    );
  }
  remarks.push(...describeDropped(evidence, state));
}

/** A failure that nothing has been archived after. */
function isFailing({ lastFailedAt, lastArchivedAt }: SourceState): boolean {
  return lastFailedAt !== null && lastFailedAt > (lastArchivedAt ?? 0);
}

/** What PostgreSQL calls archived is compared with what is there: success is reported for what was dropped, too. */
function describeDropped({ archives }: SourceEvidence, { lastArchived }: SourceState): string[] {
  const last = /^[0-9A-F]{24}$/.exec(lastArchived ?? '')?.[0];
  if (last === undefined) return [];
  return archives
    .filter(({ archive }) => !archive.segments.some(({ name }) => name === last))
    .map(({ repository, archive }) => {
      const newest = archive.segments.at(-1)?.name ?? 'none';
      return `PostgreSQL says that ${last} was archived, and repository ${repository} does not have it (its newest: ${newest}). The log has a gap there: make a full backup now`;
    });
}

function judgeRoom({ freeBytes, settings }: SourceEvidence, { remarks }: SourceVerdict): void {
  if (freeBytes === undefined || freeBytes >= scarceBytes) return;
  remarks.push(
    `${settings.dataFolder} has ${Math.floor(freeBytes / 1024 ** 2)} MiB left: PostgreSQL stops when it is full`,
  );
}

function at(ms: number | null): string {
  return ms === null ? 'an unknown time' : new Date(ms).toISOString();
}
