import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { DynamicApi } from '../../kubernetes-api/dynamic/dynamic-api.ts';
import type { StoredObject } from '../objects/stored-object.ts';
import { fingerprint } from './compare-objects.ts';
import type { AppliedObject } from './copy-record.ts';
import { copyLabel, labelOf, type RestorePlan } from './plan-restore.ts';
import { readBack } from './read-back.ts';
import { fieldManager, rehearse } from './rehearse.ts';

const mostNamed = 10;
/** These fingerprints are not kept. */
const inMemory = '';

export function appliedBy({ objects }: RestorePlan, key: string): AppliedObject[] {
  return objects.map(({ resource, object }) => {
    const { name, namespace } = object.metadata;
    return {
      ...{ resource, name, applied: fingerprint(object, key) },
      ...(namespace !== undefined && { namespace }),
    };
  });
}

/**
 * Applies a plan, after a rehearsal of all of it, and reads everything back. Whatever it is cut off
 * at, the same again continues. Throws AgentError, or a PlatformError.
 */
export async function applyPlan(
  api: DynamicApi,
  plan: RestorePlan,
  drill: { copy: string } | undefined,
): Promise<void> {
  if (plan.refusals.length > 0) throw refused(plan.refusals);
  // Nothing can be rehearsed in a namespace that is not there.
  const created = await provideNamespaces(api, plan.namespaces);
  const refusals = await rehearse(api, { objects: plan.objects, copy: drill?.copy });
  if (refusals.length > 0) {
    for (const { resource, object } of created) await api.remove(resource, object);
    throw refused(refusals);
  }
  for (const { resource, object } of plan.objects) {
    await api.apply(resource, object, { fieldManager, dryRun: false });
  }
  const differing = await readBack(api, appliedBy(plan, inMemory), inMemory);
  if (differing.length === 0) return;
  throw refused(differing.map((line) => `after it was applied, ${line}`));
}

/** Returns those that were not there. */
async function provideNamespaces(
  api: DynamicApi,
  namespaces: readonly StoredObject[],
): Promise<StoredObject[]> {
  const created: StoredObject[] = [];
  for (const { resource, object } of namespaces) {
    const there = await api.get(resource, undefined, object.metadata.name);
    if (there?.metadata.deletionTimestamp !== undefined) {
      throw new AgentError('unfinished', `namespace ${object.metadata.name} is being deleted`);
    }
    if (there) continue;
    const made = await api.apply(resource, object, { fieldManager, dryRun: false });
    created.push({ resource, object: made });
  }
  return created;
}

/** What a drill made, and nothing else; returns what is still there. */
export async function removeApplied(
  api: DynamicApi,
  {
    copy,
    namespaces,
    objects,
  }: { copy: string; namespaces: readonly string[]; objects: readonly AppliedObject[] },
): Promise<string[]> {
  const left: string[] = [];
  for (const namespace of namespaces) {
    const there = await api.get(namespaceResource, undefined, namespace);
    if (there?.metadata.labels?.[copyLabel] !== labelOf(copy)) continue;
    await api.remove(namespaceResource, there);
    left.push(`namespace ${namespace}`);
  }
  // What is in namespaces that go goes with them.
  if (namespaces.length > 0 && left.length === namespaces.length) return left;
  for (const { resource, namespace, name } of objects) {
    const there = await api.get(resource, namespace, name);
    if (there?.metadata.labels?.[copyLabel] !== labelOf(copy)) continue;
    await api.remove(resource, there);
    left.push(`${resource.kind} ${namespace ?? ''}/${name}`);
  }
  return left;
}

const namespaceResource = {
  ...{ group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' },
  ...{ isNamespaced: false, verbs: [] },
};

function refused(reasons: readonly string[]): AgentError {
  const more = reasons.length > mostNamed ? `\nand ${reasons.length - mostNamed} more` : '';
  return new AgentError('refused', `${reasons.slice(0, mostNamed).join('\n')}${more}`);
}
