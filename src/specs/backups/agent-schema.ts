/** The form of `backups` in an agent's settings file. */
import * as z from 'zod';
import { isMapping, judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal, showGiven } from '../kernel/given.ts';
import {
  absolute,
  account,
  judgeVariables,
  named,
  place,
  variablesOfProgram,
} from '../kernel/host-written.ts';
import { flag, listOf, mapping, text } from '../kernel/written.ts';
import type { BackupSettings, ResticRepositorySettings } from './agent-settings.ts';
import { size } from '../kernel/size.ts';

const restic = mapping(
  {
    location: text('write where the repository is, as restic does').superRefine(
      (location, context) => {
        if (!/^(?:rest:)?https?:\/\/[^/]*@/.test(location)) return;
        context.addIssue(
          'has credentials in it; write RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD under secrets',
        );
      },
    ),
    program: absolute('restic').exactOptional(),
    user: account.exactOptional(),
    create: flag().exactOptional(),
    ...variablesOfProgram,
  },
  {
    repository: 'write location',
    password: 'a secret is not written here; write secrets: { RESTIC_PASSWORD: { file: ... } }',
  },
).check(judgedBy(judgeRestic));

const passwordVariables = ['RESTIC_PASSWORD', 'RESTIC_PASSWORD_FILE'];

function judgeRestic(given: Unfinished): Finding[] {
  const environment = isMapping(given['environment']) ? given['environment'] : {};
  const secrets = isMapping(given['secrets']) ? given['secrets'] : {};
  const own = ['RESTIC_REPOSITORY', 'RESTIC_REPOSITORY_FILE'].filter(
    (name) => environment[name] !== undefined,
  );
  const hasPassword = passwordVariables.some(
    (name) => environment[name] !== undefined || secrets[name] !== undefined,
  );
  const written = environment['RESTIC_PASSWORD'] !== undefined;
  return [
    ...judgeVariables(given),
    ...own.map((name) => ({
      path: ['environment', name],
      message: 'is not used; location says where the repository is',
    })),
    ...(written
      ? [
          {
            path: ['environment', 'RESTIC_PASSWORD'],
            message: 'is a secret and not written here; write it under secrets',
          },
        ]
      : []),
    ...(hasPassword
      ? []
      : [
          {
            path: ['secrets'],
            message: 'has no RESTIC_PASSWORD, without which restic opens no repository',
          },
        ]),
  ];
}

const nameOfNamespace = text(
  'write the name of a namespace',
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
);

const kubernetes = mapping(
  {
    kubeconfig: absolute('a kubeconfig').exactOptional(),
    contexts: z
      .array(text('write the name of a context'), { error: refusal('write a list of contexts') })
      .prefault([]),
    namespaces: listOf(nameOfNamespace, 'write a list of namespaces'),
  },
  { context: 'write contexts: a list', namespace: 'write namespaces: a list' },
).check(
  judgedBy(({ kubeconfig, contexts }) =>
    kubeconfig === undefined && Array.isArray(contexts) && contexts.length > 0
      ? [{ path: ['contexts'], message: 'are of a kubeconfig, which is missing; write it' }]
      : [],
  ),
);

const velero = mapping(
  {
    namespace: nameOfNamespace.prefault('velero'),
    locations: listOf(
      text('write the name of a storage location', /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
      'write a list of storage locations',
    ),
    reader: text('write the name of an image with a shell, such as busybox:1.37').exactOptional(),
  },
  {
    location: 'write locations: a list',
    repositories: 'write locations: a list',
    image: 'write reader',
  },
);

const scratch = mapping(
  {
    folder: place('a folder for restored copies'),
    mostBytes: size().exactOptional(),
  },
  { path: 'write folder', limit: 'write mostBytes' },
);

const section = mapping(
  {
    repositories: named(
      'repository',
      mapping({ restic }, { pgbackrest: 'belongs under pgbackrest of a cluster' }),
    ),
    paths: z
      .array(place('what may be backed up'), { error: refusal('write a list of absolute paths') })
      .prefault([]),
    kubernetes: kubernetes.exactOptional(),
    velero: velero.exactOptional(),
    scratch: scratch.exactOptional(),
  },
  {
    clusters: 'is at the top of the file now: write clusters beside backups, not in it',
    databases: 'write clusters at the top of the file',
    path: 'write paths: a list',
    folders: 'write paths',
  },
).check(
  judgedBy((given) =>
    given['velero'] !== undefined && given['kubernetes'] === undefined
      ? [{ path: ['velero'], message: 'is of a cluster, which is missing; write kubernetes' }]
      : [],
  ),
);

/** What is wrong between the places of `backups` and the data folders of `clusters`. */
export function judgePlaces(given: Unfinished): Finding[] {
  const backups = isMapping(given['backups']) ? given['backups'] : {};
  return placesOf(backups, dataFolders(given['clusters'])).map(({ path, message }) => ({
    path: ['backups', ...path],
    message,
  }));
}

function placesOf(given: Unfinished, data: readonly DataFolder[]): Finding[] {
  const written = Array.isArray(given['paths']) ? given['paths'].map(String) : [];
  const copies = isMapping(given['scratch']) ? given['scratch']['folder'] : undefined;
  const paths = written.flatMap((path, index): Finding[] => {
    const at = ['paths', index];
    if (path === '/') {
      return [{ path: at, message: 'is the whole host; name the folders that may be backed up' }];
    }
    return data
      .filter(({ folder }) => overlap(path, folder))
      .map(({ name, folder }) => ({
        path: at,
        message: `has the data folder of cluster ${name} in it or is inside it (${folder}): back that up as a cluster, whose files are of no use one by one`,
      }));
  });
  if (typeof copies !== 'string') return paths;
  const inside = [
    ...written.filter((path) => overlap(path, copies)),
    ...data.map(({ folder }) => folder).filter((folder) => overlap(folder, copies)),
  ];
  return [
    ...paths,
    ...inside.map((path) => ({
      path: ['scratch', 'folder'],
      message: `${showGiven(copies)} and ${showGiven(path)} are one inside the other; give copies a folder of their own`,
    })),
  ];
}

interface DataFolder {
  name: string;
  folder: string;
}

/** Of a mapping of names, as it is written, or of a list, as it resolves. */
function dataFolders(clusters: unknown): DataFolder[] {
  const all = isMapping(clusters)
    ? Object.entries(clusters).map(([name, each]): unknown =>
        isMapping(each) ? { name, ...each } : undefined,
      )
    : Array.isArray(clusters)
      ? clusters
      : [];
  return all.flatMap((each: unknown) =>
    isMapping(each) && typeof each['dataFolder'] === 'string'
      ? [{ name: String(each['name']), folder: each['dataFolder'] }]
      : [],
  );
}

function overlap(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one);
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** Absent: an agent that backs up no files and no objects. */
export const backupsSection = section.transform(resolveBackups).exactOptional();

function resolveBackups(written: z.output<typeof section>): Omit<BackupSettings, 'clusters'> {
  const { repositories, paths, kubernetes: access, velero: volumes, scratch: copies } = written;
  return {
    repositories: Object.entries(repositories).map(([name, each]): ResticRepositorySettings => ({
      name,
      ...each.restic,
    })),
    paths,
    ...(access && { kubernetes: access }),
    ...(volumes && { velero: volumes }),
    ...(copies && { scratch: copies }),
  };
}
