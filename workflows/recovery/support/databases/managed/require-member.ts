import type { ManagerFacts } from '../../../../../src/contracts/recovery/database-manager.ts';
import { refuseMember } from '../../../../../src/policies/recovery/databases/managed/refuse-manager.ts';
import type { SeenNode } from '../../../../../src/policies/recovery/databases/seen-node.ts';
import type { DatabaseNode } from '../../../../../src/specs/recovery/database-node.ts';
import type { FailoverSpec } from '../../../../../src/specs/recovery/failover.ts';
import { requireCandidate } from '../choose-next.ts';
import { refusal } from '../examine-nodes.ts';

export interface Known {
  /** Who led, as it was seen first. */
  former: SeenNode;
  manager: ManagerFacts;
}

/** Which member is to lead. Fails with every reason where none can. */
export function requireMember(
  seen: readonly SeenNode[],
  { former, manager, spec }: Known & { spec: FailoverSpec },
): DatabaseNode {
  const limits = {
    withinLag: false,
    ...(former.facts?.timeline && { timeline: former.facts.timeline }),
  };
  const whys = new Map(
    seen.map(({ node: { name } }) => [name, refuseMember(name, manager, limits)] as const),
  );
  const fit = seen.filter(({ node }) => node === former.node || whys.get(node.name)?.length === 0);
  const wanted = whys.get(spec.to ?? '') ?? [];
  if (wanted.length > 0) throw refusal(wanted.join('; '));
  if (fit.length > 1) return requireCandidate(fit, former, spec).candidate.node;
  const reasons = seen.flatMap(({ node }) => (node === former.node ? [] : whys.get(node.name)));
  throw refusal(`no member can lead: ${reasons.join('; ')}`);
}
