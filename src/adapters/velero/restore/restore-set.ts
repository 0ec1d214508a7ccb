import {
  copyName,
  type RestoredCopy,
  type RestoreSetCall,
} from '../../../contracts/backups/store.ts';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import { follow } from '../follow.ts';
import { judgeRestore } from '../judge/judge-restore.ts';
import { expectedOf } from '../judge/volume-data.ts';
import { backups, claims, restores } from '../kinds.ts';
import { nameOfRequest, namespaceOfCopy, type ExpectedClaim } from '../names.ts';
import type { BackupObject, RestoreObject } from '../objects.ts';
import { fieldManager } from '../requests.ts';
import { readResults } from '../results/read-results.ts';
import { asSet } from '../sets/as-set.ts';
import { requireLocation } from '../sets/locations.ts';
import { volumesOfBackup, volumesOfRestore } from '../sets/read-volumes.ts';
import { volumesOf, type Velero } from '../settings.ts';
import { provideNamespaces } from './copy-namespaces.ts';
import { readClaims, readWaitingPods } from './read-claims.ts';
import { writeRecord, type RestoreRecord } from './restore-record.ts';

type Call = Pick<
  RestoreSetCall,
  'act' | 'repository' | 'label' | 'target' | 'into' | 'component' | 'plan'
>;

/**
 * What a copy is made of: the volumes, and the pods through which Velero restores them, with what these
 * need to start. Nothing of a controller, an Ingress, a Service, a CronJob or a webhook is restored.
 */
const kindsOfCopy = [
  ...['persistentvolumeclaims', 'persistentvolumes', 'pods'],
  ...['configmaps', 'secrets', 'serviceaccounts'],
];

/** Restores into other namespaces, and succeeds only where the data of every volume is there again. */
export async function restoreSet(
  velero: Velero,
  { call, folder }: { call: Call; folder: string | undefined },
  cancelled: AbortSignal,
): Promise<RestoredCopy> {
  const { label, act, repository } = call;
  const source = volumesOf(call.component);
  await requireLocation(velero, repository, 'read');
  const { startedAtMs, expected, stored } = await requireSet(velero, call);
  const record: RestoreRecord = {
    ...{ copy: copyName(act), label, name: nameOfRequest(act, label), map: mapOf(call) },
    ...(source.context !== undefined && { context: source.context }),
  };
  const { name, map } = record;
  if (folder !== undefined) await writeRecord(folder, record);
  if ((await velero.api.get(restores, velero.namespace, name)) === undefined) {
    if (folder === undefined) await refuseOccupied(velero, map, expected);
    else await provideNamespaces(velero, record);
    await order(velero, call, record, folder !== undefined);
  }
  const { status, volumes } = await follow(velero, {
    ...{ resource: restores, name, withinMs: source.withinMs, cancelled },
    readVolumes: () => volumesOfRestore(velero, name),
    readWaiting: () => readWaitingPods(velero, map),
  });
  const bound = await readClaims(velero, map, expected);
  const problems = judgeRestore({ status, volumes, stored, claims: bound });
  const counted = (status.errors ?? 0) + (status.warnings ?? 0);
  const results =
    counted === 0
      ? undefined
      : await readResults(velero, { kind: 'RestoreResults', name }, cancelled);
  if (problems.length > 0) {
    const said = results?.errors ?? [`see \`velero restore describe ${name} --details\``];
    throw new AgentError(
      'refused',
      `restore ${name} is not whole: ${[...problems, ...said].join('; ')}`,
    );
  }
  return {
    copy: record.copy,
    folder: `namespaces ${Object.values(map).join(', ')}`,
    bytes: volumes.reduce((sum, { bytes }) => sum + bytes, 0),
    ...{ startedAtMs, endedAtMs: Date.now() },
    remarks: [
      `${expected.length} claims are bound, and Velero has written the data of ${volumes.length} volumes`,
      ...warningsOf(status.warnings ?? 0, results?.warnings),
    ],
  };
}

/** Throws AgentError unless the set can be restored, as the call asks for. */
async function requireSet(velero: Velero, { label, repository, target, into }: Call) {
  const startedAtMs = Date.now();
  if (into.kind === 'place' || into.kind === 'next') {
    const message = 'Velero changes no volume that is there: restore into other namespaces';
    throw new AgentError('refused', message);
  }
  if (target.kind === 'lsn') throw new AgentError('refused', 'volumes have no log to go along');
  const backup = (await velero.api.get(backups, velero.namespace, label)) as
    BackupObject | undefined;
  if (backup?.spec?.storageLocation !== repository) {
    throw new AgentError('refused', `repository ${repository} has no set ${label}`);
  }
  const stored = await volumesOfBackup(velero, label);
  const { error } = asSet(backup, stored, { repository, nowMs: startedAtMs });
  if (error !== undefined) throw new AgentError('refused', `${label} is not restored: ${error}`);
  return { startedAtMs, stored, expected: expectedOf(backup) ?? [] };
}

function mapOf({ into, component, act }: Call): Record<string, string> {
  const { namespaces } = volumesOf(component);
  const to = (namespace: string) =>
    into.kind === 'namespaces'
      ? (into.map[namespace] ?? namespace)
      : namespaceOfCopy(namespace, copyName(act));
  return Object.fromEntries(namespaces.map((namespace) => [namespace, to(namespace)]));
}

/** Velero leaves a claim that is there as it is, and calls that a warning. */
async function refuseOccupied(
  { api }: Velero,
  map: Readonly<Record<string, string>>,
  expected: readonly ExpectedClaim[],
): Promise<void> {
  const occupied: string[] = [];
  for (const { claim } of expected) {
    const [namespace = '', name = ''] = claim.split('/');
    const target = map[namespace] ?? namespace;
    if ((await api.get(claims, target, name)) !== undefined) occupied.push(`${target}/${name}`);
  }
  if (occupied.length === 0) return;
  throw new AgentError(
    'refused',
    `${occupied.join(', ')} would be left as it is: Velero restores no claim that is there. Restore into other namespaces, or remove it`,
  );
}

async function order(
  { api, namespace }: Velero,
  { into }: Call,
  { name, label, map }: RestoreRecord,
  isCopy: boolean,
): Promise<void> {
  const isQuiet = isCopy || (into.kind === 'namespaces' && into.drill);
  const spec = {
    ...{ backupName: label, includedNamespaces: Object.keys(map), namespaceMapping: map },
    ...{ existingResourcePolicy: 'none', restorePVs: true },
    ...(isQuiet && { includedResources: kindsOfCopy }),
  };
  const restore: RestoreObject = {
    ...{ apiVersion: 'velero.io/v1', kind: 'Restore', metadata: { name, namespace }, spec },
  };
  await api.apply(restores, restore, { fieldManager, dryRun: false });
}

function warningsOf(count: number, warnings: readonly string[] | undefined): string[] {
  if (count === 0) return [];
  return [`Velero has ${count} warnings${warnings ? `: ${warnings.join('; ')}` : ''}`];
}
