import type { Capability } from '../../contracts/kernel/agent.ts';
import type { ClusterSettings } from '../../specs/kernel/clusters.ts';

/** The clusters that statements of playbooks may be carried out in. */
export function describeSql(clusters: readonly ClusterSettings[]): Record<string, Capability[]> {
  const described = clusters.flatMap(({ name, sql }): Capability[] => {
    if (sql === undefined) return [];
    const may = sql.changes ? 'may change' : 'may read';
    return [{ name, description: `${may} ${sql.databases.join(', ')} as ${sql.user}` }];
  });
  return described.length > 0 ? { sql: described } : {};
}
