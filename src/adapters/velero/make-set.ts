import type { BackupSet } from '../../contracts/backups/backup-set.ts';
import type { VolumeSource } from '../../contracts/backups/source.ts';
import type { MakeSetCall } from '../../contracts/backups/store.ts';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import { follow } from './follow.ts';
import { expectClaims, readIdentity } from './installation/examine-installation.ts';
import { backups } from './kinds.ts';
import { annotationsOf, marksOf, nameOfSet } from './names.ts';
import type { BackupObject } from './objects.ts';
import { fieldManager } from './requests.ts';
import { readResults } from './results/read-results.ts';
import { asSet } from './sets/as-set.ts';
import { requireLocation } from './sets/locations.ts';
import { volumesOfBackup } from './sets/read-volumes.ts';
import { volumesOf, type Velero } from './settings.ts';

type Call = Pick<MakeSetCall, 'act' | 'plan' | 'component' | 'repository'>;

/** Retention expires sets. Velero by itself would after 30 days. */
const neverMs = 100 * 365 * 86_400_000;

/** Makes a set, and succeeds only where the data of every claim that was to be kept is in it. */
export async function makeSet(
  velero: Velero,
  call: Call,
  cancelled: AbortSignal,
): Promise<BackupSet> {
  const { repository } = call;
  const source = volumesOf(call.component);
  const name = nameOfSet({ ...call, component: call.component });
  await requireBackup(velero, call, name);
  await follow(velero, {
    ...{ resource: backups, name, withinMs: source.withinMs, cancelled },
    readVolumes: () => volumesOfBackup(velero, name),
  });
  const made = (await velero.api.get(backups, velero.namespace, name)) as BackupObject | undefined;
  if (made === undefined) throw new AgentError('refused', `Backup ${name} was deleted`);
  const volumes = await volumesOfBackup(velero, name);
  const set = asSet(made, volumes, { repository, nowMs: Date.now() });
  if (set.error === undefined) return set;
  const results = await readResults(velero, { kind: 'BackupResults', name }, cancelled);
  const said = results?.errors ?? [`see \`velero backup describe ${name} --details\``];
  throw new AgentError(
    'refused',
    `backup ${name} is not whole, and does not count: ${[set.error, ...said].join('; ')}`,
  );
}

/** The same act asks once: what an earlier attempt asked for is followed. */
async function requireBackup(velero: Velero, call: Call, name: string): Promise<void> {
  const { api, namespace } = velero;
  const there = (await api.get(backups, namespace, name)) as BackupObject | undefined;
  if (there !== undefined) {
    refuseOther(there, call);
    return;
  }
  await requireLocation(velero, call.repository, 'write');
  const [claims, identity] = await Promise.all([
    expectClaims(velero, call.component),
    readIdentity(velero),
  ]);
  const annotations = annotationsOf(call, { source: identity, claims });
  const spec = specOf(volumesOf(call.component), call.repository);
  const backup = {
    ...{ apiVersion: 'velero.io/v1', kind: 'Backup', spec },
    metadata: { name, namespace, annotations, labels: { 'belay.dev/backup': call.plan.backup } },
  };
  await api.apply(backups, backup, { fieldManager, dryRun: false });
}

function refuseOther(there: BackupObject, { act }: Call): void {
  if (marksOf(there).run === `${act.runRef}/${act.step}`) return;
  throw new AgentError('refused', `Backup ${there.metadata.name} is there, and of somebody else`);
}

function specOf(source: VolumeSource, storageLocation: string): Record<string, unknown> {
  const { namespaces, labels, method, secrets, ttlMs = neverMs, withinMs } = source;
  const isFiles = method === 'fileSystem';
  const withinSeconds = `${Math.ceil(withinMs / 1_000)}s`;
  return {
    ...{ includedNamespaces: namespaces, storageLocation },
    ...(Object.keys(labels).length > 0 && { labelSelector: { matchLabels: labels } }),
    ...(!secrets && { excludedResources: ['secrets'] }),
    ...{ defaultVolumesToFsBackup: isFiles, snapshotVolumes: !isFiles, snapshotMoveData: !isFiles },
    ...{ ttl: `${Math.ceil(ttlMs / 1_000)}s`, itemOperationTimeout: withinSeconds },
  };
}
