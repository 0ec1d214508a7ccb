import type { NodeFacts } from '../../../contracts/recovery/database-node.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';

type Standby = Pick<NodeFacts, 'receivedLsn' | 'replayedUntilMs' | 'lsn'>;

/** How far a standby is, for whoever approves what it has not received. */
export function describeLag(
  { receivedLsn, replayedUntilMs, lsn }: Standby,
  lostSinceMs: number,
): string {
  const received = `has received ${receivedLsn ?? lsn ?? 'nobody knows what'}`;
  if (replayedUntilMs === undefined) return `${received}; nobody knows of when`;
  const at = new Date(replayedUntilMs).toISOString();
  const lagMs = Math.max(0, lostSinceMs - replayedUntilMs);
  return `${received}, and its last commit is of ${at}: commits of at most ${formatDuration(lagMs)} are missing`;
}
