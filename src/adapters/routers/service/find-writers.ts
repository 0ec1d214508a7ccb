/** Who else writes where a slice leads, by the fields that the API server says each of them manages. */
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import { at } from '../../playbooks/kubernetes/workload.ts';
import { listAt } from './endpoint-slice.ts';

const own = 'belay';
/** A person who wrote it once: `kubectl apply` writes what its file says again at its next run. */
const byHand = /^kubectl-(?:create|edit|patch|replace)$/;

/** Each would write its own address again, and lead clients back to where they were. */
export function findWriters(slice: KubernetesObject): string[] {
  const entries = listAt(slice, 'metadata', 'managedFields');
  const writers = entries.flatMap((entry) => {
    const [manager, operation] = [at(entry, 'manager'), at(entry, 'operation')];
    if (typeof manager !== 'string' || at(entry, 'fieldsV1', 'f:endpoints') === undefined)
      return [];
    const isHarmless = manager.startsWith(own) || (byHand.test(manager) && operation !== 'Apply');
    return isHarmless ? [] : [manager];
  });
  return [...new Set(writers)];
}
