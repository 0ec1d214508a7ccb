import { patched } from '@temporalio/workflow';
import {
  agreedForMs,
  freshAgreement,
  isHostLost,
} from '../../../../src/policies/recovery/databases/lost-host.ts';
import { acknowledgedBy } from '../../../../src/policies/recovery/databases/synchronous.ts';
import type { SeenPrimary } from '../../../../src/specs/recovery/failover.ts';

/** Earlier versions asked it, and waited until it counted as absent. */
export function leavesLostHostsOut(): boolean {
  return patched('lost-hosts-are-not-asked');
}

/** Earlier versions gave the time at which the watch heard of the look, and believed it for less. */
const formerlyAgreedForMs = 3_000;

/** For how long what everybody has agreed on is believed. */
export function believedForMs(seen: SeenPrimary | undefined): number {
  const isOlder = freshAgreement(seen, Date.now(), formerlyAgreedForMs) === undefined;
  const isFresh = freshAgreement(seen, Date.now()) !== undefined;
  // What is fresh in both, or in neither, needs no marker.
  return isOlder && isFresh && patched('agreed-on-when-the-look-began')
    ? agreedForMs
    : formerlyAgreedForMs;
}

/** The node whose host need not be asked what it is. */
export function lostNode(seen: SeenPrimary | undefined): string | undefined {
  const isLost = isHostLost(seen, Date.now(), believedForMs(seen));
  return isLost && leavesLostHostsOut() ? seen?.node : undefined;
}

/** Where commits waited for nobody, only its host can say what would be lost: it is asked for the fence then. */
export function isFencedUnasked(seen: SeenPrimary | undefined): boolean {
  const isLossKnown = acknowledgedBy(seen?.synchronousStandbys ?? '') === 'named';
  return isLossKnown && lostNode(seen) !== undefined;
}
