import { formatDuration } from '../../../specs/kernel/duration.ts';
import { bytesBetween } from './lsn.ts';
import { acknowledgedBy } from './synchronous.ts';

/** What a standby lacks of a primary. Undefined: nobody can say. */
export interface Loss {
  bytes?: number;
  /** From the last commit that it has until the primary was seen last: never less than what is lost. */
  ms?: number;
  /** It may be more: the end of the log was seen before the primary went down. */
  atLeast?: true;
  /** How it is known. */
  from: string;
}

export interface LossBasis {
  /** What the standby has received, and the commit time of the last transaction in it. */
  receivedLsn: string;
  replayedUntilMs?: number;
  /** The last position that is known of the primary, by whom, and when it was alive last. */
  primaryLsn?: string;
  knownBy: string;
  /** The position was read once nothing was written any more. */
  isEnd: boolean;
  aliveUntilMs?: number;
  /** `synchronous_standby_names` of the primary; enough of those that it names answer. */
  synchronousStandbys?: string;
}

export function predictLoss(basis: LossBasis): Loss {
  const { receivedLsn, primaryLsn, knownBy, isEnd, synchronousStandbys = '' } = basis;
  const by = acknowledgedBy(synchronousStandbys);
  if (by === 'named' && !isEnd) {
    return { bytes: 0, ms: 0, from: 'every commit that was acknowledged waited for a standby' };
  }
  const unproven =
    by === 'anybody' && !isEnd
      ? `; synchronous_standby_names is ${synchronousStandbys}, so what is no node of the plan may have acknowledged commits: name its standbys`
      : '';
  const bytes = bytesBetween(receivedLsn, primaryLsn);
  if (bytes === undefined) return { from: `nothing is known of the end of its log${unproven}` };
  const from = `its log ended at ${primaryLsn} (${knownBy}), and ${receivedLsn} was received${unproven}`;
  if (bytes === 0 && isEnd) return { bytes, ms: 0, from };
  return { bytes, ...lossInTime(basis), ...(!isEnd && { atLeast: true }), from };
}

function lossInTime({ replayedUntilMs, aliveUntilMs }: LossBasis): Pick<Loss, 'ms'> {
  if (replayedUntilMs === undefined || aliveUntilMs === undefined) return {};
  return { ms: Math.max(0, aliveUntilMs - replayedUntilMs) };
}

/** Why a loss needs an approval; undefined: it is within what may be lost. An unknown loss never is. */
export function refuseLoss(
  { bytes, ms, atLeast }: Loss,
  most: { bytes: number; ms: number },
): string | undefined {
  if (bytes === undefined) return 'nobody can say how much would be lost';
  if (atLeast === true) {
    return `nobody can say how much would be lost: at least ${bytes} bytes of log`;
  }
  if (bytes <= most.bytes) return undefined;
  if (ms !== undefined && most.ms > 0 && ms <= most.ms) return undefined;
  return `${describeLoss({ bytes, ...(ms !== undefined && { ms }) })} would be lost, and ${describeMost(most)} may be`;
}

/**
 * Whether whoever approved the one loss has approved the other one, too. What a standby lacks of a primary that
 * takes writes goes up and down: `movingBytes` of an uncertain loss are no news.
 */
export function coversLoss(approved: Loss, now: Loss, { movingBytes = 0 } = {}): boolean {
  if (approved.bytes === undefined) return true;
  if (now.bytes === undefined) return false;
  if (now.atLeast === true && approved.atLeast !== true) return false;
  return now.bytes <= Math.max(approved.bytes, approved.atLeast === true ? movingBytes : 0);
}

export function describeLoss({ bytes, ms, atLeast }: Omit<Loss, 'from'>): string {
  if (bytes === undefined) return 'an unknown part of the log';
  if (atLeast === true) return `${bytes} bytes of log or more`;
  if (bytes === 0) return 'nothing';
  return ms === undefined
    ? `${bytes} bytes of log`
    : `${bytes} bytes of log (up to ${formatDuration(ms)})`;
}

function describeMost({ bytes, ms }: { bytes: number; ms: number }): string {
  return ms === 0 ? `${bytes} bytes` : `${bytes} bytes or ${formatDuration(ms)}`;
}
