import type { V1ObjectMeta } from '@kubernetes/client-node';

/** Field manager under which Belay's own writes are filed. */
const ourselves = 'belay';

/** Who else wrote an object's spec since Belay did, as the API server recorded it; absent where it does not say. */
export function lastWriter(metadata: V1ObjectMeta | undefined): string | undefined {
  const entries = (metadata?.managedFields ?? [])
    .filter(({ subresource }) => !subresource)
    .map(({ manager, time }) => ({ manager, timeMs: Number(new Date(time ?? 0)) }));
  const own = entries.find(({ manager }) => manager === ourselves)?.timeMs ?? 0;
  const others = entries.filter(({ manager, timeMs }) => manager !== ourselves && timeMs >= own);
  return others.sort((one, other) => other.timeMs - one.timeMs)[0]?.manager;
}
