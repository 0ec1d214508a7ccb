import { describe, expect, it } from 'vitest';
import { resolveHostSettings } from '../../../src/specs/agent-settings.ts';

const cluster = `dataFolder: /var/lib/postgresql/15/main
    pgbackrest: { stanza: main, repositories: { main: 1, offsite: 2 } }`;
const restic =
  '{ location: /srv/restic, secrets: { RESTIC_PASSWORD: { file: /run/secrets/restic } } }';

const around = (backups: string) => `name: db-1
stateFolder: /var/lib/belay-agent
backups:
${backups}`;
const withCluster = (written: string, backups = '  paths: []\n') =>
  `${around(backups)}clusters:\n  main:\n    ${written}\n`;
const withRestic = (written: string) =>
  around(`  repositories: { files: { restic: ${written} } }\n`);

function problemsOf(text: string): string[] {
  const resolution = resolveHostSettings(text);
  return resolution.ok ? [] : resolution.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('what an agent backs up', () => {
  it('is nothing by default', () => {
    const resolution = resolveHostSettings('name: db-1\nstateFolder: /var/lib/belay-agent\n');
    expect(resolution).toMatchObject({ ok: true });
    expect(resolution.ok && resolution.settings.backups).toBeUndefined();
    expect(resolution.ok && resolution.settings.clusters).toEqual([]);
  });

  it('has defaults that are those of Debian', () => {
    expect(resolveHostSettings(withCluster(cluster))).toMatchObject({
      settings: {
        backups: {
          clusters: [
            {
              ...{ name: 'main', dataFolder: '/var/lib/postgresql/15/main', port: 5432 },
              ...{ socketFolder: '/var/run/postgresql', user: 'postgres', database: 'postgres' },
              pgbackrest: {
                ...{ program: '/usr/bin/pgbackrest', config: '/etc/pgbackrest.conf' },
                ...{ stanza: 'main', repositories: { main: 1, offsite: 2 }, allowPrimary: true },
              },
            },
          ],
          ...{ repositories: [], paths: [] },
        },
      },
    });
  });

  it('is no cluster without pgbackrest, which is a node of a database all the same', () => {
    const written = `dataFolder: /srv/pg
    start: [/usr/bin/pg_ctlcluster, '15', main, start]
    replication: { user: replicator, peers: ['db-2:5432', '[fd00::2]:5433'] }
    failover: true`;
    expect(resolveHostSettings(withCluster(written))).toMatchObject({
      settings: {
        clusters: [
          {
            ...{ name: 'main', failover: true },
            start: ['/usr/bin/pg_ctlcluster', '15', 'main', 'start'],
            replication: {
              ...{ user: 'replicator', database: 'postgres' },
              peers: [
                { host: 'db-2', port: 5432 },
                { host: 'fd00::2', port: 5433 },
              ],
            },
          },
        ],
        backups: { clusters: [], clustersWithout: ['main'] },
      },
    });
  });

  it('has repositories, paths, contexts and a folder for copies', () => {
    const text = around(`  repositories: { files: { restic: ${restic} } }
  paths: [/srv/uploads/, /etc//shop]
  kubernetes: { kubeconfig: /etc/belay/kubeconfig, contexts: [prod], namespaces: [shop] }
  scratch: { folder: /var/lib/belay-agent/copies, mostBytes: 1.5GiB }
`);
    expect(resolveHostSettings(text)).toMatchObject({
      settings: {
        backups: {
          repositories: [{ name: 'files', location: '/srv/restic', environment: {} }],
          paths: ['/srv/uploads', '/etc/shop'],
          kubernetes: { contexts: ['prod'], namespaces: ['shop'] },
          scratch: { folder: '/var/lib/belay-agent/copies', mostBytes: 1_610_612_736 },
        },
      },
    });
  });
});

describe('what an agent backs up is refused with what was given and what is accepted', () => {
  it.each<[string, string, string]>([
    [
      'an unknown key',
      around('  repository: {}\n'),
      'backups.repository: unknown key; did you mean "repositories"?',
    ],
    [
      'clusters where they were once',
      around('  clusters: {}\n'),
      'backups.clusters: is at the top of the file now: write clusters beside backups',
    ],
    [
      'a cluster that may be failed over, and does not know the others',
      withCluster(`failover: true\n    ${cluster}`),
      'clusters.main.failover: needs replication',
    ],
    [
      'a peer without a port',
      withCluster(`replication: { user: replicator, peers: [db-2] }\n    ${cluster}`),
      'clusters.main.replication.peers[0]: "db-2" is not accepted; write host:port',
    ],
    [
      'a password of replication that is written down',
      withCluster(
        `replication: { user: r, password: secret, peers: ['db-2:5432'] }\n    ${cluster}`,
      ),
      'clusters.main.replication.password: a secret is not written here',
    ],
    [
      'a start that is a word of a shell',
      withCluster(`start: [systemctl, start, postgresql]\n    ${cluster}`),
      'clusters.main.start[0]: "systemctl" is no absolute path of a program',
    ],
    [
      'a cluster without a folder',
      withCluster(cluster.replace(/dataFolder.*/, 'port: 5432')),
      'clusters.main.dataFolder: missing',
    ],
    [
      'a cluster on another host',
      withCluster(`host: db-2\n    ${cluster}`),
      'clusters.main.host: write socketFolder: an agent is on the host of its clusters',
    ],
    [
      'a stanza that would be an option',
      withCluster(cluster.replace('stanza: main', 'stanza: --repo')),
      'clusters.main.pgbackrest.stanza: "--repo" is not accepted',
    ],
    [
      'a cluster without a repository',
      withCluster(cluster.replace('{ main: 1, offsite: 2 }', '{}')),
      'clusters.main.pgbackrest.repositories: is empty; write at least one',
    ],
    [
      'two repositories with one key',
      withCluster(cluster.replace('offsite: 2', 'offsite: 1')),
      'clusters.main.pgbackrest.repositories.offsite: 1 is the key of main, too',
    ],
    [
      'a repository that no password opens',
      withRestic('{ location: /srv/restic }'),
      'backups.repositories.files.restic.secrets: has no RESTIC_PASSWORD',
    ],
    [
      'a password that is written down',
      withRestic('{ location: /srv/restic, environment: { RESTIC_PASSWORD: secret } }'),
      'backups.repositories.files.restic.environment.RESTIC_PASSWORD: is a secret and not written here',
    ],
    [
      'credentials in an address',
      withRestic(restic.replace('/srv/restic', "'rest:https://me:secret@backup.example/'")),
      'backups.repositories.files.restic.location: has credentials in it',
    ],
    [
      'a second location',
      withRestic(restic.replace('location', 'environment: { RESTIC_REPOSITORY: /x }, location')),
      'backups.repositories.files.restic.environment.RESTIC_REPOSITORY: is not used',
    ],
    [
      'a relative path',
      around('  paths: [uploads]\n'),
      'backups.paths[0]: "uploads" is not accepted',
    ],
    [
      'a path that leads up',
      around('  paths: [/srv/../etc]\n'),
      'backups.paths[0]: has ".." in it',
    ],
    ['the whole host', around('  paths: [/]\n'), 'backups.paths[0]: is the whole host'],
    [
      'the files of a cluster',
      withCluster(cluster, '  paths: [/var/lib/postgresql]\n'),
      'backups.paths[0]: has the data folder of cluster main in it',
    ],
    [
      'contexts of no kubeconfig',
      around('  kubernetes: { contexts: [prod], namespaces: [shop] }\n'),
      'backups.kubernetes.contexts: are of a kubeconfig, which is missing',
    ],
    [
      'copies among what is backed up',
      around('  paths: [/srv]\n  scratch: { folder: /srv/copies }\n'),
      'backups.scratch.folder: "/srv/copies" and "/srv" are one inside the other',
    ],
    [
      'copies among the files of a cluster',
      withCluster(cluster, '  scratch: { folder: /var/lib/postgresql/15/main/copies }\n'),
      'backups.scratch.folder:',
    ],
    [
      'a size without a unit',
      around("  scratch: { folder: /srv/copies, mostBytes: '50' }\n"),
      'backups.scratch.mostBytes: "50" is not accepted; write a number and MiB, GiB or TiB',
    ],
  ])('%s', (_, text, problem) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('all at once', () => {
    const text = around(`  repositories: { files: { restic: { program: restic } } }
  paths: [/]
clusters: { main: { port: 0, pgbackrest: { stanza: s, repositories: {} } } }
`);
    expect(problemsOf(text).map((problem) => problem.split(':')[0])).toEqual([
      'clusters.main.dataFolder',
      'clusters.main.port',
      'clusters.main.pgbackrest.repositories',
      'backups.repositories.files.restic.location',
      'backups.repositories.files.restic.program',
      'backups.repositories.files.restic.secrets',
      'backups.paths[0]',
    ]);
  });
});
