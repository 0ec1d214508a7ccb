import { patched } from '@temporalio/workflow';
import { isHostLost } from '../../../../src/policies/recovery/databases/lost-host.ts';
import { acknowledgedBy } from '../../../../src/policies/recovery/databases/synchronous.ts';
import type { SeenPrimary } from '../../../../src/specs/recovery/failover.ts';

/** Earlier versions asked it, and waited until it counted as absent. */
export function leavesLostHostsOut(): boolean {
  return patched('lost-hosts-are-not-asked');
}

/** The node whose host need not be asked what it is. */
export function lostNode(seen: SeenPrimary | undefined): string | undefined {
  return isHostLost(seen, Date.now()) && leavesLostHostsOut() ? seen?.node : undefined;
}

/** Where commits waited for nobody, only its host can say what would be lost: it is asked for the fence then. */
export function isFencedUnasked(seen: SeenPrimary | undefined): boolean {
  const isLossKnown = acknowledgedBy(seen?.synchronousStandbys ?? '') === 'named';
  return isLossKnown && lostNode(seen) !== undefined;
}
