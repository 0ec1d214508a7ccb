import type { DatabaseNode } from '../../../specs/recovery/database-node.ts';

/** A full backup by a plan: what it says of a PostgreSQL is said of this node, whichever it was written for. */
export function backupOfNode(
  plan: Readonly<Record<string, unknown>>,
  { agent, cluster }: DatabaseNode,
): Record<string, unknown> {
  const components = isMapping(plan['components']) ? plan['components'] : {};
  return {
    ...plan,
    ...{ kind: 'backup', type: 'full' },
    components: Object.fromEntries(
      Object.entries(components).map(([name, component]) => {
        if (!isMapping(component) || !isMapping(component['postgres'])) return [name, component];
        return [name, { ...component, agent, postgres: { ...component['postgres'], cluster } }];
      }),
    ),
  };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
