import type { PostgresClusterFacts } from '../../../../contracts/recovery/postgres-cluster.ts';

/** Why the Service for writes does not lead clients to this primary, and to nobody else; undefined: it does. */
export function whyNotServed(
  { readWrite: { service, pods } }: PostgresClusterFacts,
  primary: string,
): string | undefined {
  if (pods.length === 0) return `Service ${service} leads clients nowhere`;
  if (pods.length === 1 && pods[0] === primary) return undefined;
  return `Service ${service} leads clients to ${pods.join(', ')}, and ${primary} is the primary`;
}

/** Why the server of this primary itself does not prove that it is the only one; undefined: it does. */
export function whyNotProven(facts: PostgresClusterFacts, primary: string): string | undefined {
  const { server, whyNoServer } = facts.instances.find(({ name }) => name === primary) ?? {};
  if (server !== undefined) return whyNoPrimary(facts, primary);
  return `the server of ${primary} was not reached: ${whyNoServer ?? 'it has no pod'}`;
}

/** Why a server itself says otherwise; undefined: none does, or none can be asked. */
export function whyNoPrimary(facts: PostgresClusterFacts, primary: string): string | undefined {
  const { server } = facts.instances.find(({ name }) => name === primary) ?? {};
  if (server?.isPrimary === false) return `the server of ${primary} is still a standby`;
  const others = facts.instances.filter((each) => each.name !== primary && each.server?.isPrimary);
  if (others.length === 0) return undefined;
  return `${others.map(({ name }) => name).join(', ')} takes writes, too`;
}
