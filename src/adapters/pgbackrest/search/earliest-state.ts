import { parseLsn } from '../wal/segments.ts';
import { limitOf, type LogIndex } from './log-index.ts';

interface CopyOnDisk {
  /** Its server was never started. */
  isFresh: boolean;
  /** Its pages on disk are not older than that. */
  minRecoveryLsn?: string | undefined;
  /** It may have been replayed to there; absent: to the end of the log. */
  bad?: number | undefined;
}

/**
 * With how many transactions a copy can be seen at the earliest. A server that is ended at once has on disk
 * what it wrote there, and replays the rest again, or not.
 */
export function earliestState(
  log: Pick<LogIndex, 'commits' | 'endLsn' | 'oneWay'>,
  { isFresh, minRecoveryLsn, bad }: CopyOnDisk,
): number {
  if (isFresh) return 0;
  const { commits, endLsn, oneWay } = log;
  const stateAfter = (lsn: bigint) => {
    const state = commits.findIndex((_, at) => (limitOf(log, at) ?? lsn) >= lsn);
    return state === -1 ? commits.length : state;
  };
  // An older agent may have replayed it up to the next commit.
  const next = bad === undefined ? undefined : commits[bad]?.lsn;
  const reached = parseLsn(next ?? endLsn ?? '');
  const passed = oneWay
    .map((lsn) => parseLsn(lsn) ?? 0n)
    .filter((lsn) => reached === undefined || lsn < reached);
  const last = passed.reduce((most, lsn) => (lsn > most ? lsn : most), -1n);
  const written = parseLsn(minRecoveryLsn ?? '') ?? 0n;
  // A record begins at its place: the state is one that has it.
  return Math.max(stateAfter(written), last < 0n ? 0 : stateAfter(last + 1n));
}
