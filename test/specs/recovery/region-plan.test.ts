import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { resolveSpecOf } from '../../../src/specs/registry.ts';

const example = new URL('../../../examples/region/shop.yaml', import.meta.url);
const written = parse(readFileSync(example, 'utf8')) as Record<string, unknown>;

function problemsOf(more: object): string[] {
  const resolution = resolveSpecOf('regionFailover', { ...written, ...more });
  if (resolution === undefined || resolution.ok) return [];
  return resolution.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('the plan of a region', () => {
  it('is the example, for a failover and for a failback', () => {
    expect(problemsOf({})).toEqual([]);
    const back = resolveSpecOf('regionFailback', { kind: 'regionFailback', plan: written });
    expect(back?.ok).toBe(true);
  });

  it('takes more than half of the witnesses, and at least two, where it does not say how many', () => {
    const { agree: _, ...rest } = written;
    const agreed = (count: number) => {
      const witnesses = Array.from({ length: count }, (__, index) => ({
        ...{ agent: `w-${index}`, probe: 'answers' },
      }));
      const resolution = resolveSpecOf('regionFailover', { ...rest, witnesses });
      return resolution?.ok ? (resolution.spec as { agree: number }).agree : undefined;
    };
    expect([2, 3, 4, 5].map(agreed)).toEqual([2, 2, 3, 3]);
  });

  it('is refused with every problem at once', () => {
    const [database] = written['databases'] as [Record<string, unknown>];
    const one = { agent: 'office', probe: 'west-answers' };
    expect(
      problemsOf({
        ...{ to: 'west', agree: 3, witnesses: [one, one] },
        databases: [{ ...database, nodes: { west: 'db-wst' } }],
        names: [{ agent: 'ns', router: 'www', servers: { east: '192.0.2.1:443' } }],
        soak: { for: '5m' },
      }),
    ).toEqual([
      'to: is the same region as from',
      'agree: is more than the 2 witnesses there are',
      'witnesses[1].agent: is a witness already; each needs a place of its own',
      'names[0].servers: has none for the region west',
      'databases[0].nodes.west: the plan has no node "db-wst"; did you mean "db-west"? (one of: db-west, db-east)',
      'soak.probes: is empty: nobody would see whether it serves',
    ]);
  });

  it('is refused with every problem of its services', () => {
    const web = {
      ...{ workload: 'deployment/web', namespace: 'shop', replicas: 6 },
      contexts: { west: 'west', east: 'east' },
    };
    expect(
      problemsOf({
        services: [
          { ...web, standby: 7 },
          { ...web, contexts: { west: 'one', east: 'one' } },
          { ...web, workload: 'daemonset/web', contexts: { west: 'west' }, replicas: 0 },
        ],
      }),
    ).toEqual([
      'services[2].workload: "daemonset/web" is not accepted; write deployment/NAME or statefulset/NAME',
      'services[2].replicas: 0 is not accepted; write a whole number from 1 to 10000',
      'services[2].contexts: has none for the region east',
      'services[0].standby: is more than the 6 replicas of the region that leads',
      'services[1].contexts.east: is the context of west already; each region has a cluster of its own',
      'services[1]: shop/deployment/web is in the list already',
    ]);
  });

  it('says where in a database plan its problems are, and needs something to move', () => {
    const [database] = written['databases'] as [{ plan: object }];
    expect(
      problemsOf({ databases: [{ ...database, plan: { ...database.plan, confirmFor: 'soon' } }] }),
    ).toEqual([expect.stringMatching(/^databases\[0\]\.plan\.confirmFor: /)]);
    expect(problemsOf({ databases: [], services: [], names: [] })).toEqual([
      'databases: is empty, and so are services and names: there is nothing to move',
    ]);
    expect(
      problemsOf({ witnesses: [{ agent: 'office', probe: 'west-answers' }], agree: 2 }),
    ).toContain('witnesses: has only one: a region is lost by agreement');
  });
});
