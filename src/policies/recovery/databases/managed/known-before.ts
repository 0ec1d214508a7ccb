import type { ManagerFacts } from '../../../../contracts/recovery/database-manager.ts';
import type { SeenNode } from '../seen-node.ts';

/** What is known of a database before another member leads; a promotion begins a later timeline. */
export interface KnownBefore {
  /** 0: nobody could say. */
  timeline: number;
  systemIdentifier?: string;
}

/** Also where the host of the former leader is lost: the next one has followed it. */
export function knownBefore(
  former: SeenNode,
  leader: SeenNode | undefined,
  manager: Pick<ManagerFacts, 'systemIdentifier'>,
): KnownBefore {
  const followed = leader?.facts?.state === 'standby' ? leader.facts.timeline : undefined;
  const systemIdentifier =
    former.facts?.systemIdentifier ?? manager.systemIdentifier ?? leader?.facts?.systemIdentifier;
  return {
    timeline: Math.max(former.facts?.timeline ?? 0, followed ?? 0),
    ...(systemIdentifier !== undefined && { systemIdentifier }),
  };
}
