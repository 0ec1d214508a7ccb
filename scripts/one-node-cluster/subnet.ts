/** The addresses of one cluster, all under one prefix that no other cluster uses. */
export interface Subnet {
  slot: number;
  /** This machine's end of the link to the node. */
  host: string;
  node: string;
  /** The prefix of the two addresses above. */
  linkPrefix: number;
  services: string;
  pods: string;
  /** For kwok's pods, which nobody can reach. */
  fakePods: string;
}

export const slots = 16;

/**
 * Clusters use 198.18.0.0/15, which RFC 2544 reserves for benchmarks: no private network uses it. A slot
 * is a /19: 256 addresses for the link, 1,024 for Services, 2,048 for pods, 4,096 for fake pods.
 */
export function subnetOf(slot: number): Subnet {
  if (!Number.isInteger(slot) || slot < 0 || slot >= slots) {
    throw new RangeError(`a slot is a whole number from 0 to ${slots - 1}, not ${slot}`);
  }
  const address = (third: number, fourth: number) =>
    `198.${18 + Math.floor(slot / 8)}.${(slot % 8) * 32 + third}.${fourth}`;
  return {
    slot,
    host: address(0, 1),
    node: address(0, 2),
    linkPrefix: 24,
    services: `${address(4, 0)}/22`,
    pods: `${address(8, 0)}/21`,
    fakePods: `${address(16, 0)}/20`,
  };
}
