import type { V1ManagedFieldsEntry, V1ObjectMeta } from '@kubernetes/client-node';

/** Field manager under which Belay's own writes are filed. */
const ourselves = 'belay';

/**
 * Who else has written an object's spec since Belay did, as the API server recorded it; absent
 * where it does not say: who only takes a field away leaves no name.
 */
export function lastWriter(metadata: V1ObjectMeta | undefined): string | undefined {
  const entries = (metadata?.managedFields ?? []).filter(({ subresource }) => !subresource);
  const since = Math.max(0, ...entries.filter(isOurs).map(timeOf));
  const others = entries.filter((entry) => !isOurs(entry) && timeOf(entry) >= since);
  return others.sort((one, other) => timeOf(other) - timeOf(one))[0]?.manager;
}

function isOurs({ manager }: V1ManagedFieldsEntry): boolean {
  return manager === ourselves;
}

function timeOf({ time }: V1ManagedFieldsEntry): number {
  return Number(new Date(time ?? 0));
}
