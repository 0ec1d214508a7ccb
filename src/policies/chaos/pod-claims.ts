import type { PodClaim, PodOwner } from '../../contracts/chaos/pod-faults.ts';

const pattern = /^(?<runRef>.+)\/(?<step>\d+) until (?<until>\S+)$/u;

/** How a controller says which run hits its pods, and how long that may last. */
export function formatClaim({ runRef, step, untilMs }: PodClaim): string {
  return `${runRef}/${step} until ${new Date(untilMs).toISOString()}`;
}

/** Undefined where nobody has written one, or not in these words. */
export function parseClaim(written: string | undefined): PodClaim | undefined {
  const { runRef = '', step, until = '' } = pattern.exec(written ?? '')?.groups ?? {};
  const untilMs = Date.parse(until);
  if (Number.isNaN(untilMs)) return undefined;
  return { runRef, step: Number(step), untilMs };
}

/** Why pods of this controller are not hit now: a run does that already. `runRef`: whose own claim does not count. */
export function refuseClaimed(
  { kind, name }: Pick<PodOwner, 'kind' | 'name'>,
  claim: PodClaim | undefined,
  { nowMs, runRef }: { nowMs: number; runRef?: string },
): string | undefined {
  if (claim === undefined || claim.untilMs <= nowMs || claim.runRef === runRef) return undefined;
  const until = new Date(claim.untilMs).toISOString().slice(11, 19);
  return `run ${claim.runRef} hits pods of ${kind} ${name}, until ${until} UTC at most`;
}
