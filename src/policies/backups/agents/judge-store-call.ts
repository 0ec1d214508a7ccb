import type { KubernetesSource, Source, VolumeSource } from '../../../contracts/backups/source.ts';
import type { RestoreInto } from '../../../contracts/backups/store.ts';
import type { BackupSettings } from '../../../specs/backups/agent-settings.ts';
import { showGiven } from '../../../specs/kernel/given.ts';
import { offerKnown } from '../../../specs/kernel/known-keys.ts';

/** What a call names of what an agent's settings list. */
export interface NamedByCall {
  source: Source;
  /** Each by where the call names it. */
  repositories: readonly string[];
  /** Whether it reads or writes the paths of the source itself. */
  touchesSource: boolean;
  labels: readonly string[];
  /** Absent: nothing is restored. */
  into?: RestoreInto;
}

/** Every reason why the settings do not allow a call; its paths are judged apart, once they are resolved. */
export function judgeStoreCall(settings: BackupSettings, named: NamedByCall): string[] {
  return [
    ...judgeSource(settings, named),
    ...judgeInto(named),
    ...judgeRepositories(settings, named),
    ...named.labels.filter((label) => !isLabel(label)).map(refuseLabel),
  ];
}

function judgeSource(settings: BackupSettings, named: NamedByCall): string[] {
  const { source, touchesSource, into } = named;
  switch (source.kind) {
    case 'postgres': {
      const known = settings.clusters.map(({ name }) => name);
      if (known.includes(source.cluster)) return [];
      if (settings.clustersWithout?.includes(source.cluster)) {
        return [
          `cluster ${source.cluster} has no \`pgbackrest\` in its settings, so that it is not backed up: write it under clusters.${source.cluster}`,
        ];
      }
      return [unknown('cluster', source.cluster, known)];
    }
    case 'files':
    case 'models':
    case 'configuration':
      return [];
    case 'kubernetes':
      return touchesSource ? judgeKubernetes(settings, source, into) : [];
    case 'volumes':
      return [
        ...(settings.velero === undefined ? ['its settings have no `velero`'] : []),
        ...(touchesSource ? judgeKubernetes(settings, source, into) : []),
      ];
  }
}

function judgeKubernetes(
  { kubernetes }: BackupSettings,
  { context, namespaces: own }: KubernetesSource | VolumeSource,
  into: RestoreInto | undefined,
): string[] {
  const map = into?.kind === 'namespaces' ? into.map : {};
  const namespaces = own.map((namespace) => map[namespace] ?? namespace);
  if (kubernetes === undefined) return ['its settings allow no Kubernetes cluster'];
  return [
    ...(context === undefined || kubernetes.contexts.includes(context)
      ? []
      : [unknown('context', context, kubernetes.contexts)]),
    ...namespaces
      .filter((namespace) => !kubernetes.namespaces.includes(namespace))
      .map((namespace) => unknown('namespace', namespace, kubernetes.namespaces)),
  ];
}

/** What a kind of source cannot be restored into. */
function judgeInto({ source, into }: NamedByCall): string[] {
  if (into?.kind === 'next' && source.kind !== 'postgres') {
    return ['only a database is restored beside its data folder'];
  }
  if (into?.kind === 'namespaces' && source.kind !== 'kubernetes' && source.kind !== 'volumes') {
    return ['only objects and volumes of Kubernetes are restored into namespaces'];
  }
  if (into?.kind === 'place' && source.kind === 'volumes') {
    return ['Velero changes no volume that is there: restore into other namespaces'];
  }
  return [];
}

function judgeRepositories(
  settings: BackupSettings,
  { source, repositories }: NamedByCall,
): string[] {
  const known = repositoriesFor(settings, source);
  // Whose repositories they are is not known, which has been said.
  if (known === undefined) return [];
  return [...new Set(repositories)]
    .filter((name) => !known.includes(name))
    .map((name) => unknown('repository', name, known));
}

function repositoriesFor(settings: BackupSettings, source: Source): readonly string[] | undefined {
  if (source.kind === 'volumes') return settings.velero?.locations;
  if (source.kind !== 'postgres') return settings.repositories.map(({ name }) => name);
  const cluster = settings.clusters.find(({ name }) => name === source.cluster);
  return cluster && Object.keys(cluster.pgbackrest.repositories);
}

/** Whether a path is one of the folders, or below one of them; all of them are resolved. */
export function isWithinAny(path: string, folders: readonly string[]): boolean {
  return folders.some(
    (folder) => path === folder || path.startsWith(folder === '/' ? folder : `${folder}/`),
  );
}

/** A label becomes an argument of a tool, and must not be taken for an option. */
function isLabel(label: unknown): boolean {
  return typeof label === 'string' && /^[A-Za-z0-9][\w-]{0,199}$/.test(label);
}

function refuseLabel(label: string): string {
  return `${showGiven(label)} is not the label of a set`;
}

function unknown(what: string, given: string, known: readonly string[]): string {
  const offer = known.length === 0 ? 'its settings name none' : offerKnown(given, known);
  return `it has no ${what} ${showGiven(given)}; ${offer}`;
}
