import type { Destination } from '../../contracts/kernel/reach.ts';

/** The host and port that a URL leads to. */
export function destinationOf({ hostname, port, protocol }: URL): Destination {
  return { hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}
