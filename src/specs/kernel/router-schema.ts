/** The form of `routers` in an agent's settings file. */
import * as z from 'zod';
import { isMapping, judgedBy, type Finding, type Unfinished } from './finding.ts';
import { account, named, place, variablesOfProgram } from './host-written.ts';
import { serverAddress } from './server-address.ts';
import { refusal } from './given.ts';
import type { DnsSettings, RouterSettings } from './routers.ts';
import { duration, listOf, mapping, text, wholeNumber } from './written.ts';

const role = text('write the name of a role', /^[^\0]{1,63}$/);
const { secrets } = variablesOfProgram;
const writtenSecret = {
  password: 'a secret is not written here; write secrets: { PGPASSWORD: { file: ... } }',
};

const judgeSecrets = onlySecret('PGPASSWORD');

function onlySecret(used: string) {
  return (given: Unfinished): Finding[] => {
    if (!isMapping(given['secrets'])) return [];
    return Object.keys(given['secrets'])
      .filter((name) => name !== used)
      .map((name) => ({ path: ['secrets', name], message: `is not used; write ${used}` }));
  };
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

const partOfHaproxy = text(
  'write its name: letters, digits, "_", "-", "." and ":"',
  /^[A-Za-z0-9_.:-]{1,63}$/,
);

const checkOfServer = mapping(
  { user: role, database: role.prefault('postgres'), secrets },
  writtenSecret,
).check(judgedBy(judgeSecrets));

const haproxy = mapping(
  {
    socket: place('the stats socket of HAProxy, of level admin'),
    backend: partOfHaproxy,
    server: partOfHaproxy,
    host: text('write the host where clients connect', /^[A-Za-z0-9.:-]{1,253}$/).prefault(
      '127.0.0.1',
    ),
    port: wholeNumber(1, 65_535),
    check: checkOfServer,
  },
  {
    stats: 'write socket: its stats socket',
    frontend: 'write host and port: where clients connect',
    servers: 'write them beside haproxy, and server: the one whose address is changed',
    user: 'write check: { user: ... }',
  },
);

const dnsName = text(
  'write a name such as db.shop.example',
  /^(?=.{1,240}\.?$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9-]{1,63}\.?$/,
);
const nameServer = serverAddress('10.0.0.53:53');

const dns = mapping(
  {
    name: dnsName,
    zone: dnsName,
    primary: nameServer,
    secondaries: z
      .array(nameServer, { error: refusal('write a list of name servers, each as host:port') })
      .prefault([]),
    ttl: duration(1_000, 3_600_000).prefault('5s'),
    secrets,
    check: checkOfServer.exactOptional(),
  },
  {
    key: 'a secret is not written here; write secrets: { TSIG_KEY: { file: ... } }',
    server: 'write primary: the name server that takes updates',
    nameServers: 'write primary, and secondaries',
    record: 'write name',
  },
)
  .check(judgedBy((given) => [...onlySecret('TSIG_KEY')(given), ...judgeName(given)]))
  .transform(({ ttl, ...settings }): DnsSettings => ({ ...settings, ttlMs: ttl }));

function judgeName({ name, zone, secrets: written }: Unfinished): Finding[] {
  const missing = isMapping(written) && !Object.hasOwn(written, 'TSIG_KEY');
  const key = { path: ['secrets'], message: 'has no TSIG_KEY: the key that may change the name' };
  const isBelow =
    typeof name !== 'string' ||
    typeof zone !== 'string' ||
    `.${plain(name)}`.endsWith(`.${plain(zone)}`);
  const outside = { path: ['name'], message: `is not in the zone ${String(zone)}` };
  return [...(missing ? [key] : []), ...(isBelow ? [] : [outside])];
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

const router = mapping(
  {
    servers: listOf(
      serverAddress('10.0.0.1:5432'),
      'write a list of the servers to which it may lead, each as host:port',
    ),
    pgbouncer: pgbouncer.exactOptional(),
    haproxy: haproxy.exactOptional(),
    dns: dns.exactOptional(),
  },
  {
    peers: 'write servers',
    rfc2136: 'write dns',
    bind: 'write dns',
  },
).check(
  judgedBy((given) => [...judgeDriver(given), ...judgeAddresses(given), ...judgeServers(given)]),
);

function judgeDriver({ pgbouncer: pooler, haproxy: proxy, dns: name }: Unfinished): Finding[] {
  if ([pooler, proxy, name].filter((each) => each !== undefined).length === 1) return [];
  return [{ path: [], message: 'write one of pgbouncer, haproxy and dns: what leads clients' }];
}

/** Its runtime API resolves no names. */
function judgeAddresses({ haproxy: written, servers }: Unfinished): Finding[] {
  if (written === undefined || !Array.isArray(servers)) return [];
  return servers.flatMap((each: unknown, index): Finding[] => {
    const host = isMapping(each) ? String(each['host']) : '';
    if (host === '' || kindOf(host) !== 'CNAME') return [];
    return [
      { path: ['servers', index], message: `${host} is a name; HAProxy takes an IP address` },
    ];
  });
}

/** A name says neither a port nor, to one client, addresses of several kinds. */
function judgeServers({ dns: written, servers }: Unfinished): Finding[] {
  if (written === undefined || !Array.isArray(servers)) return [];
  const known = servers.filter((each) => isMapping(each));
  const kinds = new Set(known.map(({ host }) => kindOf(String(host))));
  const ports = new Set(known.map(({ port }) => port));
  const wrong = [
    ...(ports.size > 1 ? ['have several ports: a name says none, so write one port for all'] : []),
    ...(kinds.size > 1
      ? ['have several kinds of address: write all as IPv4, all as IPv6, or all as names']
      : []),
  ];
  return wrong.length === 0 ? [] : [{ path: ['servers'], message: wrong.join('; ') }];
}

function kindOf(host: string): 'A' | 'AAAA' | 'CNAME' {
  if (/^\d+(?:\.\d+){3}$/.test(host)) return 'A';
  return host.includes(':') ? 'AAAA' : 'CNAME';
}

export const routersSection = named('router', router).transform((routers) =>
  Object.entries(routers).flatMap(
    ([name, { servers, pgbouncer: pooler, haproxy: proxy, dns: led }]) => {
      const found: RouterSettings[] = [];
      if (led !== undefined) found.push({ name, servers, dns: led });
      else if (proxy !== undefined) found.push({ name, servers, haproxy: proxy });
      else if (pooler !== undefined) found.push({ name, servers, pgbouncer: pooler });
      return found;
    },
  ),
);
