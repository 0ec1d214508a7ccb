import type {
  Instance,
  PostgresClusterFacts,
} from '../../../../contracts/recovery/postgres-cluster.ts';

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

/**
 * Why a server itself says otherwise; undefined: none does. `alsoWriting`: instances that took writes, too,
 * when they were last asked: that is over only once their server says so.
 */
export function whyNoPrimary(
  facts: PostgresClusterFacts,
  primary: string,
  alsoWriting: readonly string[] = [],
): string | undefined {
  const { server } = facts.instances.find(({ name }) => name === primary) ?? {};
  if (server?.isPrimary === false) return `the server of ${primary} is still a standby`;
  const others = findOtherWriters(facts, primary, alsoWriting);
  const sure = others.filter((each) => each.server !== undefined).map(({ name }) => name);
  const all = [
    ...(sure.length > 0 ? [`${sure.join(', ')} takes writes, too`] : []),
    ...others.filter((each) => each.server === undefined).map(describeSilentWriter),
  ];
  return all.length === 0 ? undefined : all.join('; ');
}

/** Instances beside the primary that take writes, or did when they were last asked. */
export function findOtherWriters(
  { instances }: PostgresClusterFacts,
  primary: string,
  alsoWriting: readonly string[],
): Instance[] {
  return instances.filter(
    ({ name, server }) => name !== primary && (server?.isPrimary ?? alsoWriting.includes(name)),
  );
}

export function describeSilentWriter({
  name,
  whyNoServer,
}: Pick<Instance, 'name' | 'whyNoServer'>): string {
  const why = whyNoServer === undefined ? 'was not asked' : `was not reached (${whyNoServer})`;
  return `${name} may still take writes: its server ${why}`;
}
