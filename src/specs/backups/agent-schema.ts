/** The form of `backups` in an agent's settings file. */
import { z } from 'zod';
import { isMapping, judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal, showGiven } from '../kernel/given.ts';
import {
  absolute,
  account,
  judgeVariables,
  named,
  variablesOfProgram,
} from '../kernel/host-written.ts';
import { flag, idPart, listOf, mapping, text, wholeNumber } from '../kernel/written.ts';
import type {
  BackupSettings,
  PostgresClusterSettings,
  ResticRepositorySettings,
} from './agent-settings.ts';
import { size } from './size.ts';

/** A folder or a file that is named in one way only: no `..`, no slash at its end. */
function place(what: string) {
  return absolute(what)
    .refine((path) => !path.split('/').includes('..'), {
      error: 'has ".." in it; write it without',
    })
    .transform((path) => path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1'));
}

const pgbackrest = mapping(
  {
    program: absolute('pgbackrest').prefault('/usr/bin/pgbackrest'),
    config: absolute('its configuration file').prefault('/etc/pgbackrest.conf'),
    stanza: text('write the name of a stanza', /^[A-Za-z0-9][\w.-]{0,63}$/),
    repositories: z
      .record(idPart('repository'), wholeNumber(1, 256), {
        error: refusal('write a mapping of names to the keys of the configuration: main: 1'),
      })
      .superRefine(judgeKeys),
    ...variablesOfProgram,
    allowPrimary: flag().prefault(true),
  },
  { repos: 'write repositories', configuration: 'write config' },
).check(judgedBy(judgeVariables));

function judgeKeys(
  keys: Readonly<Record<string, number>>,
  context: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void },
): void {
  const names = Object.keys(keys);
  if (names.length === 0) {
    context.addIssue({ code: 'custom', path: [], message: 'is empty; write at least one' });
  }
  names.forEach((name, index) => {
    const first = names.findIndex((other) => keys[other] === keys[name]);
    if (first === index) return;
    const message = `${keys[name]} is the key of ${names[first]}, too; each repository has its own`;
    context.addIssue({ code: 'custom', path: [name], message });
  });
}

const cluster = mapping(
  {
    dataFolder: place('the data folder of the cluster'),
    socketFolder: absolute('the folder of its socket').prefault('/var/run/postgresql'),
    port: wholeNumber(1, 65_535).prefault(5432),
    programs: absolute('the folder of its programs').exactOptional(),
    user: account.prefault('postgres'),
    database: text('write the name of a database', /^[^\0/]{1,63}$/).prefault('postgres'),
    pgbackrest,
  },
  {
    data: 'write dataFolder',
    socket: 'write socketFolder',
    host: 'write socketFolder: an agent is on the host of its clusters',
    password: 'an agent connects as its user, by the socket; no password is needed',
  },
);

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
    program: absolute('restic').prefault('/usr/bin/restic'),
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

const kubernetes = mapping(
  {
    kubeconfig: absolute('a kubeconfig').exactOptional(),
    contexts: z
      .array(text('write the name of a context'), { error: refusal('write a list of contexts') })
      .prefault([]),
    namespaces: listOf(
      text('write the name of a namespace', /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
      'write a list of namespaces',
    ),
  },
  { context: 'write contexts: a list', namespace: 'write namespaces: a list' },
).check(
  judgedBy(({ kubeconfig, contexts }) =>
    kubeconfig === undefined && Array.isArray(contexts) && contexts.length > 0
      ? [{ path: ['contexts'], message: 'are of a kubeconfig, which is missing; write it' }]
      : [],
  ),
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
    clusters: named('cluster', cluster),
    repositories: named(
      'repository',
      mapping({ restic }, { pgbackrest: 'belongs under pgbackrest of a cluster' }),
    ),
    paths: z
      .array(place('what may be backed up'), { error: refusal('write a list of absolute paths') })
      .prefault([]),
    kubernetes: kubernetes.exactOptional(),
    scratch: scratch.exactOptional(),
  },
  { databases: 'write clusters', path: 'write paths: a list', folders: 'write paths' },
).check(judgedBy(judgePlaces));

function judgePlaces(given: Unfinished): Finding[] {
  const data = dataFolders(given['clusters']);
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

function dataFolders(clusters: unknown): { name: string; folder: string }[] {
  if (!isMapping(clusters)) return [];
  return Object.entries(clusters).flatMap(([name, each]) =>
    isMapping(each) && typeof each['dataFolder'] === 'string'
      ? [{ name, folder: each['dataFolder'] }]
      : [],
  );
}

function overlap(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one);
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** Absent: an agent that backs nothing up. */
export const backupsSection = section.transform(resolveBackups).exactOptional();

function resolveBackups(written: z.output<typeof section>): BackupSettings {
  const { clusters, repositories, paths, kubernetes: access, scratch: copies } = written;
  return {
    clusters: Object.entries(clusters).map(([name, each]): PostgresClusterSettings => ({
      name,
      ...each,
    })),
    repositories: Object.entries(repositories).map(([name, each]): ResticRepositorySettings => ({
      name,
      ...each.restic,
    })),
    paths,
    ...(access && { kubernetes: access }),
    ...(copies && { scratch: copies }),
  };
}
