import { describe, expect, it } from 'vitest';
import { resolveAgainst } from '../../../src/specs/kernel/resolve.ts';
import { databasePlanSchema } from '../../../src/specs/recovery/database-plan.ts';
import { fenceSchema } from '../../../src/specs/recovery/fence.ts';
import { regionFailoverSchema } from '../../../src/specs/recovery/region-plan.ts';
import { rejoinSchema } from '../../../src/specs/recovery/rejoin.ts';

const node = (number: number) => ({
  ...{ agent: `db-${number}`, cluster: 'main', address: `10.0.0.${number}:5432` },
});
const minimal = {
  ...{ kind: 'databaseWatch', environment: 'prod', database: 'shop' },
  nodes: { 'db-1': node(1), 'db-2': node(2) },
};
const resolve = (more: object) => resolveAgainst(databasePlanSchema, { ...minimal, ...more });

describe('the lease of a database plan', () => {
  it('is none unless the plan asks for one', () => {
    const plan = resolve({});
    expect(plan.ok && 'leaseMs' in plan.spec).toBe(false);
    expect(resolve({ lease: '8s' })).toMatchObject({ ok: true, spec: { leaseMs: 8_000 } });
  });

  it('is over before everybody agrees that the primary is down', () => {
    expect(resolve({ lease: '9s' })).toEqual({
      ok: false,
      problems: [
        {
          path: 'lease',
          message:
            '9s is too long where confirmFor is 10s: a lease is at least 2s shorter. Write a shorter one, or confirmFor: 11s or more',
        },
      ],
    });
  });

  it('is long enough for some heartbeats', () => {
    expect(resolve({ lease: '2s', confirmFor: '30s' })).toMatchObject({
      ok: false,
      problems: [{ path: 'lease' }],
    });
  });
});

describe('a plan of a database that a manager is in charge of', () => {
  it('names the manager, and leaves to it what it does by itself', () => {
    expect(resolve({ manager: 'patroni' })).toMatchObject({
      ok: true,
      spec: { manager: 'patroni' },
    });
    const all = { automatic: true, lease: '5s', restartFirst: '5s', rejoin: 'copy' };
    const refused = resolve({ manager: 'patroni', ...all });
    expect(refused.ok ? [] : refused.problems.map(({ path }) => path)).toEqual(Object.keys(all));
  });

  it('is of a manager that Belay knows', () => {
    const refused = resolve({ manager: 'repmgr', patroni: { url: 'http://db-1:8008' } });
    expect(refused.ok ? [] : refused.problems.map(({ path }) => path).toSorted()).toEqual([
      'manager',
      'patroni',
    ]);
  });
});

describe('the routes of a database plan', () => {
  const service = { namespace: 'shop', service: 'db' };
  const problemsOf = (...routes: object[]) => {
    const refused = resolve({ routes });
    return refused.ok ? [] : refused.problems.map(({ path, message }) => `${path}: ${message}`);
  };

  it('may be Services of several clusters, each once', () => {
    expect(problemsOf({ service }, { service: { ...service, context: 'east' } })).toEqual([]);
    expect(problemsOf({ service }, { service })).toEqual([
      'routes[1]: service/shop/db is there already; each router once',
    ]);
  });

  it('are refused with every problem at once', () => {
    expect(
      problemsOf(
        { service, dns: { agent: 'ns-1', router: 'db' } },
        { service: { ...service, agent: 'ns-1', probe: { agent: 'app-1' } } },
        { service: { namespace: 'Shop', service: 'db' } },
      ),
    ).toEqual([
      'routes[0]: write one of pgbouncer, haproxy, dns and service',
      expect.stringMatching(/^routes\[1\]\.service\.probe\.probe: /),
      'routes[1].service.agent: workers lead a Service; write an agent under probe',
      expect.stringMatching(/^routes\[2\]\.service\.namespace: .*write the name of a namespace/),
    ]);
  });
});

describe('a plan of a database that CloudNativePG is in charge of', () => {
  const { nodes, ...named } = minimal;
  const operated = { ...named, manager: 'cloudnativepg' };
  const cloudnativepg = { context: 'prod-a', namespace: 'shop', cluster: 'shop' };
  const problemsOf = (given: object) => {
    const resolution = resolveAgainst(databasePlanSchema, given);
    return resolution.ok ? [] : resolution.problems.map(({ path }) => path).toSorted();
  };

  it('names its Cluster, and no nodes', () => {
    const { ok, ...resolution } = resolveAgainst(databasePlanSchema, {
      ...operated,
      cloudnativepg,
    });
    expect([ok, resolution]).toMatchObject([true, { spec: { nodes: [], cloudnativepg } }]);
    expect(problemsOf(operated)).toEqual(['cloudnativepg']);
    expect(problemsOf({ ...operated, cloudnativepg: { name: 'shop' } })).toEqual([
      ...['cloudnativepg.cluster', 'cloudnativepg.name', 'cloudnativepg.namespace'],
    ]);
  });

  it('leaves to the operator what it does by itself, and says so at once', () => {
    const all = {
      ...{ nodes, automatic: true, lease: '5s', restartFirst: '5s', rejoin: 'copy' },
      routes: [{ pgbouncer: { agent: 'pool-1', router: 'shop' } }],
      backup: { kind: 'backup' },
    };
    expect(problemsOf({ ...operated, cloudnativepg, ...all })).toEqual(Object.keys(all).toSorted());
  });

  it('is not half written: nodes belong to every other one', () => {
    expect(problemsOf(named)).toEqual(['nodes']);
    expect(problemsOf({ ...minimal, cloudnativepg })).toEqual(['cloudnativepg']);
    expect(problemsOf({ ...minimal, manager: 'patroni', cloudnativepg })).toEqual([
      'cloudnativepg',
    ]);
  });

  it('is refused a rejoin, a fence and a move to another region, with what to do instead', () => {
    const plan = { ...operated, cloudnativepg };
    for (const [kind, schema, advice] of [
      ['rejoin', rejoinSchema, 'kubectl cnpg destroy'],
      ['fence', fenceSchema, 'kubectl cnpg fencing on'],
    ] as const) {
      expect(resolveAgainst<unknown>(schema, { kind, plan, node: 'shop-1' })).toMatchObject({
        ...{ ok: false },
        problems: [{ path: 'plan.manager', message: expect.stringContaining(advice) as string }],
      });
    }
    const databases = [{ plan, nodes: { berlin: 'shop-1', paris: 'shop-2' } }];
    const witnesses = ['w-1', 'w-2'].map((agent) => ({ agent, probe: 'region' }));
    const group = { kind: 'regionFailover', environment: 'prod', group: 'shop' };
    const move = { ...group, from: 'berlin', to: 'paris', witnesses, databases };
    const refused = resolveAgainst<unknown>(regionFailoverSchema, move);
    expect(refused.ok ? [] : refused.problems.map(({ path }) => path)).toContain(
      'databases[0].plan.manager',
    );
  });
});
