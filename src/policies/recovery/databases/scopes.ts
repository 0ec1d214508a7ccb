import type { Scope } from '../../../contracts/kernel/change-control.ts';
import type { DatabasePlan } from '../../../specs/recovery/database-plan.ts';

/** The database by its own name, and by those that backups know its clusters by. */
export function scopesOfDatabase({ database, nodes }: DatabasePlan): Scope[] {
  const names = new Set([database, ...nodes.map(({ cluster }) => cluster)]);
  return [...names].map((name) => ({ of: 'database', name }));
}
