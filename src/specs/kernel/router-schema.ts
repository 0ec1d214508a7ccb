/** The form of `routers` in an agent's settings file. */
import { isMapping, judgedBy, type Finding, type Unfinished } from './finding.ts';
import { account, named, place, variablesOfProgram } from './host-written.ts';
import { serverAddress } from './server-address.ts';
import type { RouterSettings } from './routers.ts';
import { listOf, mapping, text, wholeNumber } from './written.ts';

const role = text('write the name of a role', /^[^\0]{1,63}$/);
const { secrets } = variablesOfProgram;
const writtenSecret = {
  password: 'a secret is not written here; write secrets: { PGPASSWORD: { file: ... } }',
};

function judgeSecrets(given: Unfinished): Finding[] {
  if (!isMapping(given['secrets'])) return [];
  return Object.keys(given['secrets'])
    .filter((name) => name !== 'PGPASSWORD')
    .map((name) => ({ path: ['secrets', name], message: 'is not used; write PGPASSWORD' }));
}

const check = mapping({ user: role, secrets }, writtenSecret).check(judgedBy(judgeSecrets));

const entry = text(
  'write the name of an entry of [databases]: letters, digits, "_", "-" and "."',
  /^[A-Za-z0-9_.-]{1,63}$/,
);

const pgbouncer = mapping(
  {
    databases: listOf(entry, 'write a list of entries of [databases]'),
    file: place('the file in which these entries are written'),
    host: text(
      'write the folder of its socket, or a host',
      /^(?:\/[^\0]*|[A-Za-z0-9.:-]{1,253})$/,
    ).prefault('/var/run/postgresql'),
    port: wholeNumber(1, 65_535).prefault(6432),
    user: role.prefault('pgbouncer'),
    account: account.exactOptional(),
    secrets,
    check,
  },
  {
    ...writtenSecret,
    socketFolder: 'write host: the folder of its socket',
    config: 'write file: where the entries of [databases] are written',
    database: 'write databases: a list',
  },
).check(judgedBy(judgeSecrets));

const router = mapping(
  {
    servers: listOf(
      serverAddress('10.0.0.1:5432'),
      'write a list of the servers to which it may lead, each as host:port',
    ),
    pgbouncer,
  },
  { peers: 'write servers', haproxy: 'there is no driver for it yet; write pgbouncer' },
);

export const routersSection = named('router', router).transform((routers) =>
  Object.entries(routers).map(([name, each]): RouterSettings => ({ name, ...each })),
);
