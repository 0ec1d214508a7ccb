import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { NodeAddress } from '../../contracts/recovery/database-node.ts';
import type { RouteGeneration, RouteTarget } from '../../contracts/recovery/routes.ts';

/** What leads clients, by its name; without an address it leads to no single server. */
interface Leading {
  name: string;
  address?: NodeAddress;
}

interface Led {
  entries: readonly Leading[];
  generation: RouteGeneration | undefined;
}

/** Compares before it is set: whoever has led it elsewhere meanwhile knew more. */
export function refuseSwitch(led: Led, from: NodeAddress, to: RouteTarget): void {
  const reasons = judgeSwitch(led, from, to);
  if (reasons.length > 0) throw new AgentError('refused', reasons.join('; '));
}

/** Every reason why it is not led there; empty: it may be. */
export function judgeSwitch(
  { entries, generation }: Led,
  from: NodeAddress,
  to: RouteTarget,
): string[] {
  const reasons = entries
    .filter(({ address }) => !isSame(address, from) && !isSame(address, to.address))
    .map(
      ({ name, address }) =>
        `${name} leads to ${show(address)}, and neither to ${show(from)} nor to ${show(to.address)}`,
    );
  const isOfIt = generation?.systemIdentifier === to.systemIdentifier;
  if (isOfIt && generation.timeline > to.timeline) {
    reasons.push(
      `it was led to timeline ${generation.timeline} before, which is newer than ${to.timeline}`,
    );
  }
  return reasons;
}

export function isSame(one: NodeAddress | undefined, other: NodeAddress): boolean {
  return one?.host === other.host && one.port === other.port;
}

function show(address: NodeAddress | undefined): string {
  return address === undefined ? 'no single server' : `${address.host}:${address.port}`;
}
