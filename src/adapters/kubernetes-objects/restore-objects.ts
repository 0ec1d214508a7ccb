import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesSource } from '../../contracts/backups/source.ts';
import { copyName, type RestoredCopy, type RestoreSetCall } from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { titleOf } from '../kubernetes-api/dynamic/api-resource.ts';
import type { DynamicApi } from '../kubernetes-api/dynamic/dynamic-api.ts';
import { readCopy, rootIn } from '../restic/copies.ts';
import { restoreSet } from '../restic/restore-set.ts';
import type { ResticTool } from '../restic/tool/restic-tool.ts';
import { collectObjects } from './objects/collect-objects.ts';
import { readObjects } from './objects/object-files.ts';
import type { StoredObject } from './objects/stored-object.ts';
import { appliedBy, applyPlan } from './restore/apply-plan.ts';
import { readRecord, writeRecord, type CopyRecord } from './restore/copy-record.ts';
import { planRestore, type RestorePlan } from './restore/plan-restore.ts';
import { refuseTargets } from './restore/refuse-targets.ts';

interface Restore {
  call: Pick<RestoreSetCall, 'act' | 'label' | 'target' | 'into' | 'plan' | 'component'>;
  source: KubernetesSource;
  tool: ResticTool;
  /** The namespaces of the agent's settings. */
  allowed: readonly string[];
  /** Of the copy, or a stage where what is restored stays. */
  folder: string;
  /** Of fingerprints. */
  key: () => Promise<string>;
  onCluster: <T>(work: (api: DynamicApi) => Promise<T>) => Promise<T>;
}

const mostNamed = 10;

/**
 * Applies the objects of a set to the cluster, and reads them back. The files of the set are removed
 * afterwards, as Secrets are among them.
 */
export async function restoreObjects(restore: Restore, attempt: Attempt): Promise<RestoredCopy> {
  const { call, tool, folder, onCluster } = restore;
  const { into } = call;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const before = await readRecord(folder);
  if (before?.done) return copyOf(before);
  const files = { ...call, into: { kind: 'copy' }, settings: { paths: [] }, folder } as const;
  if (into.kind === 'copy') return restoreSet(tool, files, attempt);
  if (into.kind === 'next') {
    throw new AgentError(
      'refused',
      'objects of Kubernetes take the place of nothing: name namespaces',
    );
  }
  try {
    const restored = await restoreSet(tool, files, attempt);
    const { paths } = await readCopy(folder);
    const stored = await readObjects(join(restored.folder, paths[0] ?? ''));
    const copy = copyName(call.act);
    const plan = planRestore(stored, { into, copy });
    const outside = refuseTargets(plan, restore.allowed);
    if (outside.length > 0) throw new AgentError('refused', listed(outside));
    const isDrill = into.kind === 'namespaces' && into.drill;
    const record: CopyRecord = {
      ...{ copy, label: call.label, bytes: restored.bytes, startedAtMs: restored.startedAtMs },
      ...(restore.source.context !== undefined && { context: restore.source.context }),
      namespaces: plan.namespaces.map(({ object }) => object.metadata.name),
      objects: appliedBy(plan, await restore.key()),
    };
    await writeRecord(folder, record);
    const extras = await onCluster(async (api) => {
      await applyPlan(api, plan, isDrill ? { copy } : undefined);
      return isDrill ? [] : await findExtras(api, plan, restore.source);
    });
    const remarks = describe({ plan, stored, extras });
    const done = { ...record, done: { endedAtMs: Date.now(), remarks } };
    await writeRecord(folder, done);
    await rm(rootIn(folder), { recursive: true, force: true });
    return copyOf(done);
  } catch (error) {
    const goesOn = error instanceof AgentError && ['away', 'unfinished'].includes(error.code);
    if (!goesOn) await rm(rootIn(folder), { recursive: true, force: true });
    throw error;
  }
}

function copyOf({ copy, namespaces, bytes, startedAtMs, done }: CopyRecord): RestoredCopy {
  const { endedAtMs = Date.now(), remarks = [] } = done ?? {};
  const folder = `namespaces ${namespaces.join(', ')}`;
  return { copy, folder, bytes, startedAtMs, endedAtMs, remarks };
}

/** What is there and not in the set; it is kept. */
async function findExtras(
  api: DynamicApi,
  { objects, namespaces }: RestorePlan,
  { labels, secrets }: KubernetesSource,
): Promise<string[]> {
  const targets = namespaces.map(({ object }) => object.metadata.name);
  const there = await collectObjects(api, { namespaces: targets, labels, secrets });
  const known = new Set(objects.map(titleOfStored));
  return there.objects
    .filter(({ resource }) => resource.isNamespaced)
    .map(titleOfStored)
    .filter((title) => !known.has(title));
}

function titleOfStored({ resource, object }: StoredObject): string {
  return titleOf(resource, object.metadata.namespace, object.metadata.name);
}

interface Outcome {
  plan: RestorePlan;
  stored: readonly StoredObject[];
  extras: readonly string[];
}

function describe({ plan, stored, extras }: Outcome): string[] {
  const { objects, leftOut } = plan;
  const hadPorts = stored.some(
    ({ object: { kind, spec } }) =>
      kind === 'Service' &&
      ['NodePort', 'LoadBalancer'].includes((spec as { type?: string }).type ?? ''),
  );
  return [
    `${objects.length} objects were applied, and read back as they were applied`,
    ...(leftOut.length > 0
      ? [`a drill leaves out what would be seen outside: ${listed(leftOut)}`]
      : []),
    ...(leftOut.length === 0 && hadPorts ? ['Services have new addresses and node ports'] : []),
    ...(extras.length > 0
      ? [`${extras.length} are there that the set does not have, and were kept: ${listed(extras)}`]
      : []),
  ];
}

function listed(names: readonly string[]): string {
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  return `${names.slice(0, mostNamed).join(', ')}${more}`;
}
