/** The form of `clusters` in an agent's settings file. */
import * as z from 'zod';
import type { ClusterSettings } from './clusters.ts';
import { isMapping, judgedBy, type Finding, type Unfinished } from './finding.ts';
import { refusal, showGiven } from './given.ts';
import {
  absolute,
  account,
  judgeVariables,
  named,
  place,
  variablesOfProgram,
} from './host-written.ts';
import { serverAddress } from './server-address.ts';
import { flag, idPart, listOf, mapping, text, wholeNumber } from './written.ts';

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

function command(what: string) {
  const accepted = `write a list: the absolute path of a program that ${what}s the server, then its arguments`;
  return listOf(text('write text', /^[^\0]{1,4096}$/), accepted).superRefine(
    ([program = ''], context) => {
      if (program.startsWith('/')) return;
      const message = `${showGiven(program)} is no absolute path of a program`;
      context.addIssue({ code: 'custom', path: [0], message });
    },
  );
}

const role = text('write the name of a role', /^[^\0]{1,63}$/);
const database = text('write the name of a database', /^[^\0/]{1,63}$/);
const password = 'a secret is not written here; write secrets: { PGPASSWORD: { file: ... } }';

const replication = mapping(
  {
    user: role,
    database: database.prefault('postgres'),
    secrets: variablesOfProgram.secrets,
    peers: listOf(
      serverAddress('db-2.internal:5432'),
      'write a list of the servers of the other nodes, each as host:port',
    ),
  },
  {
    password,
    peer: 'write peers: a list',
    hosts: 'write peers: a list of host:port',
  },
).check(judgedBy(judgeSecrets));

const sql = mapping(
  {
    user: role,
    databases: listOf(database, 'write a list of the databases that statements may be run in'),
    secrets: variablesOfProgram.secrets,
    changes: flag().prefault(false),
    superuser: flag().prefault(false),
  },
  {
    password,
    role: 'write user',
    database: 'write databases: a list',
    host: 'it is connected to by the socket of the cluster; leave it out',
  },
).check(judgedBy(judgeSecrets));

function judgeSecrets({ secrets }: Unfinished): Finding[] {
  if (!isMapping(secrets)) return [];
  return Object.keys(secrets)
    .filter((name) => name !== 'PGPASSWORD')
    .map((name) => ({ path: ['secrets', name], message: 'is not used; write PGPASSWORD' }));
}

const patroniPassword = 'PATRONI_RESTAPI_PASSWORD';

const patroni = mapping(
  {
    url: text(
      'write the address of its REST API on this host, such as http://127.0.0.1:8008',
      /^https?:\/\/[^\s/@?#]+:\d{1,5}\/?$/,
    ),
    user: text('write the user of its restapi.authentication', /^[^\0:]{1,63}$/).exactOptional(),
    secrets: variablesOfProgram.secrets,
  },
  {
    username: 'write user',
    password: `a secret is not written here; write secrets: { ${patroniPassword}: { file: ... } }`,
    host: 'write url',
    port: 'write url',
  },
).check(judgedBy(judgePatroni));

function judgePatroni({ user, secrets }: Unfinished): Finding[] {
  if (!isMapping(secrets)) return [];
  const names = Object.keys(secrets);
  const unused = names.filter((name) => name !== patroniPassword);
  const hasPassword = names.includes(patroniPassword);
  const alone =
    user === undefined && hasPassword
      ? [{ path: ['user'], message: 'is missing; a password belongs to a user' }]
      : [];
  const without =
    user !== undefined && !hasPassword
      ? [{ path: ['secrets'], message: `write ${patroniPassword}: its password` }]
      : [];
  return [
    ...unused.map((name) => ({
      path: ['secrets', name],
      message: `is not used; write ${patroniPassword}`,
    })),
    ...alone,
    ...without,
  ];
}

/** A node that could not reach the others would be fenced, and never come back as a standby. */
function judgeCluster({
  failover,
  replication: reaching,
  patroni: manager,
}: Unfinished): Finding[] {
  if (failover !== true || reaching !== undefined || manager !== undefined) return [];
  return [
    {
      path: ['failover'],
      message: 'needs replication: how this host connects to the servers of the other nodes',
    },
  ];
}

const cluster = mapping(
  {
    dataFolder: place('the data folder of the cluster'),
    socketFolder: absolute('the folder of its socket').prefault('/var/run/postgresql'),
    port: wholeNumber(1, 65_535).prefault(5432),
    programs: absolute('the folder of its programs').exactOptional(),
    user: account.prefault('postgres'),
    database: database.prefault('postgres'),
    start: command('start').exactOptional(),
    stop: command('stop').exactOptional(),
    pgbackrest: pgbackrest.exactOptional(),
    replication: replication.exactOptional(),
    sql: sql.exactOptional(),
    patroni: patroni.exactOptional(),
    failover: flag().prefault(false),
  },
  {
    data: 'write dataFolder',
    socket: 'write socketFolder',
    host: 'write socketFolder: an agent is on the host of its clusters',
    password: 'an agent connects as its user, by the socket; no password is needed',
  },
).check(judgedBy(judgeCluster));

export const clustersSection = named('cluster', cluster).transform((clusters) =>
  Object.entries(clusters).map(([name, each]): ClusterSettings => ({ name, ...each })),
);
