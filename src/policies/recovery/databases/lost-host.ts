import type { SeenPrimary } from '../../../specs/recovery/failover.ts';

/** From the beginning of the look, which may have taken most of it. A worker that was away meanwhile looks again. */
export const agreedForMs = 5_000;

/** Why nobody asks the host of a primary whose lease has run out. */
export const leaseHasRunOut = 'its host was not asked: its lease has run out';

/** What everybody has just agreed on; undefined: that was too long ago. */
export function freshAgreement(
  seen: SeenPrimary | undefined,
  nowMs: number,
  forMs = agreedForMs,
): NonNullable<SeenPrimary['agreed']> | undefined {
  if (seen?.agreed === undefined) return undefined;
  return nowMs - seen.agreed.atMs <= forMs ? seen.agreed : undefined;
}

/**
 * Whether the host of a primary need not be asked: its lease has run out, so that it has fenced the server,
 * and everybody else has just agreed that the primary is down. Later than that, somebody may have started
 * the server again.
 */
export function isHostLost(
  seen: SeenPrimary | undefined,
  nowMs: number,
  forMs = agreedForMs,
): boolean {
  const isLeaseOver = seen?.leaseOverAtMs !== undefined && nowMs >= seen.leaseOverAtMs;
  return isLeaseOver && freshAgreement(seen, nowMs, forMs) !== undefined;
}
