import { describe, expect, it } from 'vitest';
import { resolveAgainst } from '../../../src/specs/kernel/resolve.ts';
import { databasePlanSchema } from '../../../src/specs/recovery/database-plan.ts';

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
