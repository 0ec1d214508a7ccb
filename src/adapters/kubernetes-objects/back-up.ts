import type { BackupSet } from '../../contracts/backups/backup-set.ts';
import type { Component, KubernetesSource } from '../../contracts/backups/source.ts';
import type { MakeSetCall, SourceFacts } from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import type { DynamicApi } from '../kubernetes-api/dynamic/dynamic-api.ts';
import { examineRepositories } from '../restic/examine-source.ts';
import { makeSet } from '../restic/make-set.ts';
import type { ResticTool } from '../restic/tool/restic-tool.ts';
import { collectObjects, type Collected } from './objects/collect-objects.ts';
import { hasObjects, removeStage, writeObjects, type Stage } from './objects/object-files.ts';

type OnCluster = <T>(work: (api: DynamicApi) => Promise<T>) => Promise<T>;

interface Examination {
  component: Component;
  source: KubernetesSource;
  open: (repository: string) => ResticTool;
  onCluster: OnCluster;
}

/** Reads everything that a backup would read: what may not be read is known before. */
export async function examineObjects(
  { component, source, open, onCluster }: Examination,
  attempt: Attempt,
): Promise<SourceFacts> {
  const repositories = await examineRepositories(component, open, attempt);
  const { collected, identity } = await onCluster(async (api) => ({
    collected: await collectObjects(api, source),
    identity: await readIdentity(api),
  }));
  return {
    tool: repositories.tool,
    refusals: [...judgeCollected(collected), ...repositories.refusals],
    remarks: [...describeCollected(collected), ...repositories.remarks],
    ...(identity !== undefined && { identity }),
    bytes: collected.objects.reduce((sum, { object }) => sum + JSON.stringify(object).length, 0),
  };
}

/** A cluster is told from others by what cannot be made anew in it. */
async function readIdentity(api: DynamicApi): Promise<string | undefined> {
  const namespaces = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' };
  const resource = { ...namespaces, isNamespaced: false, verbs: [] };
  const own = await api.get(resource, undefined, 'kube-system').catch(() => undefined);
  return own?.metadata.uid;
}

interface Backup {
  call: Pick<MakeSetCall, 'act' | 'type' | 'plan' | 'component'>;
  source: KubernetesSource;
  tool: ResticTool;
  stage: Stage;
  onCluster: OnCluster;
}

/**
 * Stores the objects as files, each with its kind. They are read once for an act: where it is carried
 * on after an interruption, what was read is stored. Nothing of them stays on the host.
 */
export async function backUpObjects(
  { call, source, tool, stage, onCluster }: Backup,
  attempt: Attempt,
): Promise<BackupSet> {
  if (!(await hasObjects(stage))) {
    const takenAtMs = Date.now();
    const collected = await onCluster((api) => collectObjects(api, source));
    const refusals = judgeCollected(collected);
    if (refusals.length > 0) throw new AgentError('refused', refusals.join('\n'));
    const { objects, leftOut } = collected;
    const { namespaces } = source;
    const manifest = {
      format: 1,
      takenAtMs,
      namespaces,
      objects: objects.length,
      leftOut,
    } as const;
    await writeObjects(stage, objects, manifest);
  }
  try {
    const files = { paths: [stage.objects], exclude: [] };
    const set = await makeSet(tool, { ...call, files }, attempt);
    await removeStage(stage);
    return set;
  } catch (error) {
    // Where the act goes on, or is tried again, it still needs them.
    const goesOn = error instanceof AgentError && ['away', 'unfinished'].includes(error.code);
    if (!goesOn) await removeStage(stage);
    throw error;
  }
}

function judgeCollected({ failures, objects }: Collected): string[] {
  if (failures.length > 0) return failures;
  const isEmpty = objects.every(({ resource: { isNamespaced } }) => !isNamespaced);
  return isEmpty
    ? ['nothing in these namespaces is to be kept: see their names and the labels']
    : [];
}

/** How many of what are left out, so that nobody is surprised when they are not restored. */
function describeCollected({ objects, leftOut }: Collected): string[] {
  const counts = Object.entries(leftOut).map(([what, count]) => `${count} ${what}`);
  const left = counts.length === 0 ? '' : `; left out: ${counts.sort().join(', ')}`;
  return [`${objects.length} objects are kept${left}`];
}
