import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { resolveHostSettings } from '../../../src/specs/agent-settings.ts';

const dns = {
  ...{ name: 'db.shop.example', zone: 'shop.example', primary: '10.0.0.53:53' },
  ...{ secrets: { TSIG_KEY: { file: '/etc/belay/shop.key' } }, check: { user: 'belay_check' } },
};
const servers = ['10.0.0.1:5432', '10.0.0.2:5432'];

function resolve(router: object) {
  const settings = { name: 'dns-1', stateFolder: '/var/lib/belay', routers: { shop: router } };
  return resolveHostSettings(stringify(settings));
}

function problemsOf(router: object): string[] {
  const resolved = resolve(router);
  if (resolved.ok) return [];
  return resolved.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('a router that is a name', () => {
  it('is kept for five seconds, and asks postgres, unless it says otherwise', () => {
    const resolved = resolve({ servers, dns });
    if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
    expect(resolved.settings.routers).toEqual([
      {
        ...{ name: 'shop', servers: servers.map((one) => ({ host: one.slice(0, 8), port: 5432 })) },
        dns: {
          ...dns,
          ...{ primary: { host: '10.0.0.53', port: 53 }, secondaries: [], ttlMs: 5_000 },
          check: { user: 'belay_check', database: 'postgres', secrets: {} },
        },
      },
    ]);
  });

  it.each([
    [
      'its key in the file',
      { ...dns, key: 'c2VjcmV0' },
      'routers.shop.dns.key: a secret is not written here; write secrets: { TSIG_KEY: { file: ... } }',
    ],
    [
      'no key',
      { ...dns, secrets: {} },
      'routers.shop.dns.secrets: has no TSIG_KEY: the key that may change the name',
    ],
    [
      'a name of another zone',
      { ...dns, name: 'db.cart.example' },
      'routers.shop.dns.name: is not in the zone shop.example',
    ],
    [
      'a name that only ends like the zone',
      { ...dns, name: 'db.myshop.example' },
      'routers.shop.dns.name: is not in the zone shop.example',
    ],
    [
      'a time to live of a day',
      { ...dns, ttl: '24h' },
      'routers.shop.dns.ttl: "24h" is too long; at most 1h',
    ],
  ])('is refused with %s', (_, given, problem) => {
    expect(problemsOf({ servers, dns: given })).toEqual([problem]);
  });

  it('leads to servers of one port and of one kind of address', () => {
    expect(problemsOf({ servers: ['10.0.0.1:5432', 'db-2.internal:5433'], dns })).toEqual([
      'routers.shop.servers: have several ports: a name says none, so write one port for all; have several kinds of address: write all as IPv4, all as IPv6, or all as names',
    ]);
    expect(problemsOf({ servers: ['db-1.internal:5432', 'db-2.internal:5432'], dns })).toEqual([]);
  });

  it('is one of a name, an HAProxy and a PgBouncer', () => {
    const either = ['routers.shop: write one of pgbouncer, haproxy and dns: what leads clients'];
    expect(problemsOf({ servers })).toEqual(either);
    const pgbouncer = { databases: ['shop'], file: '/etc/x.ini', check: { user: 'belay_check' } };
    expect(problemsOf({ servers, dns, pgbouncer })).toEqual(either);
  });
});

describe('an HAProxy of an agent', () => {
  const haproxy = {
    ...{ socket: '/run/haproxy/admin.sock', backend: 'shop', server: 'primary', port: 5432 },
    check: { user: 'belay_check' },
  };

  it('takes addresses, and names that are one word', () => {
    expect(problemsOf({ servers, haproxy })).toEqual([]);
    expect(problemsOf({ servers: ['db-1.internal:5432'], haproxy })).toEqual([
      'routers.shop.servers[0]: db-1.internal is a name; HAProxy takes an IP address',
    ]);
    expect(
      problemsOf({ servers, haproxy: { ...haproxy, server: 'a; disable frontend shop' } }),
    ).toMatchObject([expect.stringContaining('routers.shop.haproxy.server') as string]);
  });
});
