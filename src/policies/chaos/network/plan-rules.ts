import type { FaultyNetwork } from '../../../specs/chaos/agent-settings.ts';
import type { NetworkFault } from '../../../specs/chaos/fault.ts';
import type { PacketEffect } from './packet-effect.ts';
import { chainsOf, handleOf, markPrefix } from './rule-names.ts';

export interface RulePlan {
  id: string;
  mark: string;
  network: Pick<FaultyNetwork, 'interface' | 'peers' | 'ports' | 'ownPorts'>;
  fault: NetworkFault;
  effect: PacketEffect;
  /** The kernel itself does nothing with these rules any more after this. */
  untilMs: number;
}

export type Family = 'ipv4' | 'ipv6';

export function familyOf(peer: string): Family {
  return peer.includes(':') ? 'ipv6' : 'ipv4';
}

/** The families of addresses that a network has. */
export function familiesOf(peers: readonly string[]): Family[] {
  return (['ipv4', 'ipv6'] as const).filter((family) =>
    peers.some((peer) => familyOf(peer) === family),
  );
}

/** What `iptables-restore --noflush` takes: all of it at once, or nothing. */
export function planRules(plan: RulePlan, family: Family): string {
  const { id, mark, network, fault, effect, untilMs } = plan;
  const { table } = effect;
  const chains = chainsOf(id);
  const tag = ['-m', 'comment', '--comment', `${markPrefix}${mark}`];
  const until = ['-m', 'time', '--datestop', new Date(untilMs).toISOString().slice(0, 19)];
  const meets = effect.meets ?? [];
  const directions = effect.directions(fault);
  const isQueued = effect.queue !== undefined;
  const hooks = {
    in: `-I INPUT 1 -i ${network.interface}`,
    out: `-I ${isQueued ? 'POSTROUTING' : 'OUTPUT'} 1 -o ${network.interface}`,
  };
  const peers = network.peers.filter((peer) => familyOf(peer) === family);
  const lines = [
    ...directions.map((direction) => `:${chains[direction]} - [0:0]`),
    `:${chains.met} - [0:0]`,
    ...directions.flatMap((direction) =>
      matchesOf(direction, { ...network, peers }, effect.ports).map(
        (match) => `-A ${chains[direction]} ${match} -g ${chains.met}`,
      ),
    ),
    line('-A', chains.met, meets, ['-m', 'comment', '--comment', `${markPrefix}met`]),
    line('-A', chains.met, meets, effect.picks(fault), until, tag, effect.does(handleOf(id))),
    // Last: nothing meets a packet before all of it is there.
    ...directions.map((direction) => line(hooks[direction], tag, ['-j', chains[direction]])),
  ];
  return [`*${table}`, ...lines, 'COMMIT', ''].join('\n');
}

function line(...parts: (string | readonly string[])[]): string {
  return parts.flat().join(' ');
}

/** One for each peer, protocol and side whose ports are listed. */
function matchesOf(
  direction: 'in' | 'out',
  { peers, ports, ownPorts }: Pick<FaultyNetwork, 'peers' | 'ports' | 'ownPorts'>,
  only: readonly number[] | undefined,
): string[] {
  const [peer, ofPeer, ofOwn] =
    direction === 'in' ? ['-s', '--sports', '--dports'] : ['-d', '--dports', '--sports'];
  const sides = [
    { option: ofPeer, listed: only ?? ports },
    { option: ofOwn, listed: only === undefined ? ownPorts : [] },
  ].filter(({ listed }) => listed.length > 0);
  return peers.flatMap((address) => {
    if (sides.length === 0) return [`${peer} ${address}`];
    return ['tcp', 'udp'].flatMap((protocol) =>
      sides.map(({ option, listed }) => {
        const of = `-p ${protocol} -m multiport ${option} ${listed.join(',')}`;
        return `${peer} ${address} ${of}`;
      }),
    );
  });
}
