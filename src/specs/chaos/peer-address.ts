import * as z from 'zod';
import { refusal } from '../kernel/given.ts';

/** An address of IPv4 or IPv6, or a range of them: `10.0.0.7`, `10.0.0.0/24`, `fd00::/64`. */
export function peerAddress() {
  const error = refusal(
    'write an address, or a range such as 10.0.0.0/24 or fd00::/64; names are not resolved',
  );
  return z.union([z.ipv4(), z.cidrv4(), z.ipv6(), z.cidrv6()], { error });
}
