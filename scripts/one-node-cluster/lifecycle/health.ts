import { isAlive } from '../../../src/processes/identity.ts';
import type { ClusterAccess, ClusterRecord } from './record.ts';

export type Health = { up: true; access: ClusterAccess } | { up: false; missing: string[] };

/** A cluster is up if it became ready and all of its processes are still running. */
export async function healthOf({ daemons, access }: ClusterRecord): Promise<Health> {
  const alive = await Promise.all(daemons.map(isAlive));
  const missing = daemons.filter((_, index) => alive[index] !== true).map(({ name }) => name);
  if (access === undefined) return { up: false, missing: ['the end of its start', ...missing] };
  return missing.length === 0 ? { up: true, access } : { up: false, missing };
}
