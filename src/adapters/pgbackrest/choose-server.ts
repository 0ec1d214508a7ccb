export interface ServerRoles {
  /** The cluster of this host is one. */
  standby: boolean;
  /** Its replay is. */
  paused: boolean;
  /** Of the cluster of this host, streaming now. */
  standbys: number;
}

export interface ServerChoice {
  /** By the configuration of pgBackRest. */
  wantsStandby: boolean;
  allowPrimary: boolean;
}

const variable = 'PGBACKREST_BACKUP_STANDBY';

/** Whether a set is made from a standby or the primary: variables of `pgbackrest backup`. */
export function chooseServer(
  { standby, paused, standbys }: ServerRoles,
  { wantsStandby, allowPrimary }: ServerChoice,
): { ok: true; variables: Record<string, string> } | { ok: false; why: string } {
  if (standby && !paused) return { ok: true, variables: { [variable]: 'y' } };
  if (!standby && (!wantsStandby || standbys > 0)) return { ok: true, variables: {} };
  if (allowPrimary) return { ok: true, variables: { [variable]: 'n' } };
  const why = standby
    ? 'the replay of this standby is paused: give pg_wal_replay_resume(), or set allowPrimary'
    : 'the configuration of pgBackRest has backup-standby, and no standby is streaming: start it, or set allowPrimary';
  return { ok: false, why };
}
