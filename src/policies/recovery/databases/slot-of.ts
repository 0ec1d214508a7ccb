import type { DatabaseNode } from '../../../specs/recovery/database-node.ts';

/** The replication slot by which a node follows: PostgreSQL takes lowercase letters, digits and `_`. */
export function slotOf({ name }: Pick<DatabaseNode, 'name'>): string {
  return `belay_${name.replaceAll('-', '_')}`;
}
