import type { NodeAddress } from '../../contracts/recovery/database-node.ts';

/** Whom a standby follows, and by which slot. */
export interface Upstream {
  primary: NodeAddress;
  slot: string;
  applicationName?: string;
}
