/** `prometheus.monitoring`, `*.example.com`, an IP address, or `*`; without a port, every port. */
export interface HostPattern {
  host: string;
  port?: number;
}

/** Where addresses that other people write may lead. */
export interface Reach {
  /** Given: no other host is asked. Absent: every host that is not refused for what it is. */
  hosts?: readonly HostPattern[];
  /** Whether the machine of the process that asks may be asked, too. */
  loopback: boolean;
}

export interface Destination {
  /** As in a URL: lower case, an IPv6 address in brackets. */
  hostname: string;
  port: number;
}

/**
 * Why a destination may not be asked; undefined where it may. `address`: an IP address that its
 * name was resolved to, judged before a connection to it is made.
 */
export type RefuseDestination = (destination: Destination, address?: string) => string | undefined;
