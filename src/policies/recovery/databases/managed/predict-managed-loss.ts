import type { ManagerFacts } from '../../../../contracts/recovery/database-manager.ts';
import type { Loss } from '../predict-loss.ts';

/** What this member lacks. Patroni samples the position of the leader, so that it may be more. */
export function predictManagedLoss(name: string, facts: ManagerFacts): Loss {
  const member = facts.members.find((each) => each.name === name);
  if (facts.isSynchronous && member?.isSynchronous === true) {
    const from = 'synchronous_mode is on: every commit that was acknowledged waited for it';
    return { bytes: 0, ms: 0, from };
  }
  if (member?.lagBytes === undefined) return { from: 'Patroni does not say how far it is behind' };
  const from = 'by the last position that the leader stored, which may be as old as its ttl';
  return { bytes: member.lagBytes, atLeast: true, from };
}
