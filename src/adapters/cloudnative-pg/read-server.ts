import type { InstanceServer } from '../../contracts/recovery/postgres-cluster.ts';

/** What an instance manager answers at `/pg/status`; undefined: that is no such answer. */
export function readServer(answer: unknown): InstanceServer | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const status = answer as Record<string, unknown>;
  const isPrimary = status['isPrimary'];
  if (typeof isPrimary !== 'boolean') return undefined;
  const { timeLineID, systemID } = status;
  const lsn = status[isPrimary ? 'currentLsn' : 'receivedLsn'];
  return {
    isPrimary,
    ...(typeof timeLineID === 'number' && timeLineID > 0 && { timeline: timeLineID }),
    ...(typeof systemID === 'string' && systemID !== '' && { systemIdentifier: systemID }),
    ...(typeof lsn === 'string' && lsn !== '' && { lsn }),
    streams: status['isWalReceiverActive'] === true,
    isReplayPaused: status['replayPaused'] === true,
  };
}
