import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import { copyLabel, denyEgress, labelOf } from '../../kubernetes-objects/restore/plan-restore.ts';
import { fieldManager } from '../requests.ts';
import { namespaces } from '../kinds.ts';
import { namespaceOfCopy } from '../names.ts';
import type { Velero } from '../settings.ts';
import type { RestoreRecord } from './restore-record.ts';

const options = { fieldManager, dryRun: false };

/** Empty ones that are the copy's own, whose pods reach nothing outside of them. */
export async function provideNamespaces(
  { api }: Velero,
  { copy, map }: Pick<RestoreRecord, 'copy' | 'map'>,
): Promise<void> {
  const labels = { [copyLabel]: labelOf(copy) };
  for (const name of Object.values(map)) {
    const there = await api.get(namespaces, undefined, name);
    if (there !== undefined && there.metadata.labels?.[copyLabel] !== labels[copyLabel]) {
      throw new AgentError('refused', `namespace ${name} is there already, and not of this copy`);
    }
    if (there?.metadata.deletionTimestamp !== undefined) {
      throw new AgentError('unfinished', `namespace ${name} is being deleted`);
    }
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
    await api.apply(namespaces, namespace, options);
    const { resource, object } = denyEgress(name);
    await api.apply(resource, object, options);
  }
}

/** Asks for their removal, and returns those that are still there. */
export async function removeNamespaces(
  { api }: Velero,
  { copy, map }: Pick<RestoreRecord, 'copy' | 'map'>,
): Promise<string[]> {
  const left: string[] = [];
  for (const [source, name] of Object.entries(map)) {
    const there = await api.get(namespaces, undefined, name);
    // A restore that was under way may have made it again, without the label.
    const isOwn =
      name === namespaceOfCopy(source, copy) ||
      there?.metadata.labels?.[copyLabel] === labelOf(copy);
    if (there === undefined || !isOwn) continue;
    if (there.metadata.deletionTimestamp === undefined) await api.remove(namespaces, there);
    left.push(`namespace ${name}`);
  }
  return left;
}
