import type { Destination, HostPattern, Reach } from '../../../contracts/kernel/reach.ts';
import { kindOfAddress } from './address-kind.ts';
import { parseIpAddress } from './ip-address.ts';

const metadataNames = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);

/**
 * Why a destination may not be asked, in words that follow its name; undefined where it may. Judged
 * by its name first, and with every `address` that the name is resolved to before one of them is
 * connected to: a name says nothing about where it leads. No pattern opens what link-local
 * addresses and the metadata services of clouds answer; this machine needs a pattern without `*`.
 */
export function judgeDestination(
  { hosts, loopback }: Reach,
  destination: Destination,
  address?: string,
): string | undefined {
  const hostname = bareName(destination.hostname);
  const matched = hosts?.filter((pattern) => isMatch(pattern, { ...destination, hostname }));
  if (matched?.length === 0) return 'is not a host that the worker may contact';
  if (metadataNames.has(hostname)) return refusals['cloud-metadata'];
  const isNamed = matched?.some(({ host }) => !host.includes('*')) ?? false;
  switch (kindOfAddress(address ?? hostname) ?? kindOfName(hostname)) {
    case 'loopback':
      return loopback || isNamed ? undefined : refusals.loopback;
    case 'link-local':
      return refusals['link-local'];
    case 'cloud-metadata':
      return refusals['cloud-metadata'];
    case 'no-host':
      return refusals['no-host'];
    case 'host':
      return undefined;
  }
}

/**
 * The same for a receiver of notifications. Its address is the operator's, so private hosts may be
 * notified, and this machine where the address itself says so. Another name may not lead here.
 */
export function judgeReceiver(destination: Destination, address?: string): string | undefined {
  const isWrittenAsLoopback =
    judgeDestination({ loopback: false }, destination) === refusals.loopback;
  return judgeDestination({ loopback: isWrittenAsLoopback }, destination, address);
}

const refusals = {
  loopback: 'is the machine that the worker runs on',
  'link-local': 'has a link-local address, which Belay never contacts',
  'cloud-metadata': 'is a cloud metadata service, which Belay never contacts',
  'no-host': 'has an address that belongs to no host',
} as const;

function kindOfName(hostname: string): 'loopback' | 'host' {
  return hostname === 'localhost' || hostname.endsWith('.localhost') ? 'loopback' : 'host';
}

function isMatch({ host, port }: HostPattern, destination: Destination): boolean {
  if (port !== undefined && port !== destination.port) return false;
  const { hostname } = destination;
  if (host === '*') return true;
  if (host.startsWith('*.')) return hostname.endsWith(host.slice(1));
  const address = parseIpAddress(hostname);
  return address ? String(address) === String(parseIpAddress(host)) : hostname === host;
}

/** A name may end with the dot of the root. */
function bareName(hostname: string): string {
  return hostname.toLowerCase().replace(/\.$/, '');
}
