/** Traffic without which nobody could remove a fault, or reach the host: never hit. */
import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import type { FaultyNetwork } from '../../../specs/chaos/agent-settings.ts';

/** What an agent needs beside what every host has. */
export interface ProtectedServer {
  what: string;
  host: string;
  port: number;
}

/** As they are now. */
export type ProtectedServers = () => Promise<readonly ProtectedServer[]>;

interface Flow {
  what: string;
  /** Absent: any. */
  addresses?: readonly string[];
  port: number;
  /** Whose port it is. */
  of: 'peer' | 'own' | 'either';
}

type Filter = Pick<FaultyNetwork, 'peers' | 'ports' | 'ownPorts'>;

/** Everything protected that a fault of this network would hit; the host is assumed to be in it. */
export async function refuseFlows(
  network: Filter,
  servers: readonly ProtectedServer[],
): Promise<string[]> {
  const flows = await protectedFlows(servers);
  return flows
    .filter((flow) => isHit(network, flow))
    .map(({ what, port }) => `its settings cover ${what} (port ${port}), which is never hit`);
}

async function protectedFlows(servers: readonly ProtectedServer[]): Promise<Flow[]> {
  const api = process.env['KUBERNETES_SERVICE_HOST'];
  const named = await Promise.all(
    servers.map(async ({ what, host, port }): Promise<Flow> => {
      const addresses = await addressesOf(host);
      // Of one that cannot be resolved now, any address may be its own.
      return { what, port, of: 'peer', ...(addresses.length > 0 && { addresses }) };
    }),
  );
  return [
    ...named,
    { what: 'SSH', port: 22, of: 'either' },
    { what: 'the Kubernetes API server', port: 6443, of: 'either' },
    ...(api === undefined
      ? []
      : [
          {
            what: 'the Kubernetes API server',
            addresses: await addressesOf(api),
            port: Number(process.env['KUBERNETES_SERVICE_PORT'] ?? 443),
            of: 'peer' as const,
          },
        ]),
    { what: 'the name servers of the host', addresses: nameServers(), port: 53, of: 'peer' },
  ];
}

async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

function nameServers(): string[] {
  try {
    const written = readFileSync('/etc/resolv.conf', 'utf8');
    return [...written.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, address = '']) => address);
  } catch {
    return [];
  }
}

function isHit({ peers, ports, ownPorts }: Filter, { addresses, port, of }: Flow): boolean {
  const isAll = ports.length === 0 && ownPorts.length === 0;
  const isPort =
    isAll || (of !== 'own' && ports.includes(port)) || (of !== 'peer' && ownPorts.includes(port));
  if (!isPort) return false;
  return addresses === undefined || addresses.some((address) => isAmong(peers, address));
}

function isAmong(peers: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const peer of peers) {
    const [base = '', prefix] = peer.split('/');
    const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(base, family);
    else list.addSubnet(base, Number(prefix), family);
  }
  const [bare = ''] = address.split('%');
  return list.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4');
}
