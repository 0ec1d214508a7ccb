import type { ManagerFacts } from '../../../../contracts/recovery/database-manager.ts';
import type { SeenNode } from '../seen-node.ts';

/** Why no other member is made to lead; undefined: one may be. */
export function refuseManagedFailover(
  { leader }: Pick<ManagerFacts, 'leader'>,
  { node: { name }, facts }: SeenNode,
  { evenIfUp }: { evenIfUp: boolean },
): string | undefined {
  if (facts?.state !== 'primary') return undefined;
  // Its Patroni may hang: Belay cannot fence it, and Patroni cannot either.
  if (leader !== name) {
    return `${name} takes writes, and Patroni does not let it lead: two would take writes. Stop its server first, by \`systemctl stop patroni\` or on its host`;
  }
  if (evenIfUp) return undefined;
  return `${name} leads, and takes writes: use a switchover, which loses nothing, or evenIfUp: true`;
}
