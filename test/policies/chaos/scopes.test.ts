import { expect, it } from 'vitest';
import { scopesOfExperiment } from '../../../src/policies/chaos/scopes.ts';

const suffering = { services: ['web'], databases: ['orders'] };

it('what an experiment may make suffer is what was written, and the hosts that may be hit', () => {
  const target = { agents: ['web-1', 'web-2'], process: 'web' };
  expect(scopesOfExperiment({ ...suffering, target })).toEqual([
    { of: 'service', name: 'web' },
    { of: 'database', name: 'orders' },
    { of: 'host', name: 'web-1' },
    { of: 'host', name: 'web-2' },
  ]);
});

it('of pods it is their namespace, whatever their cluster is called and whichever labels were written', () => {
  const scopeOf = (more: object, labels: Record<string, string>) =>
    scopesOfExperiment({
      ...{ services: ['shop'], databases: [] },
      target: { pods: { namespace: 'shop', labels, ...more } },
    }).at(-1);
  const expected = { of: 'namespace', name: 'shop' };
  expect(scopeOf({}, { app: 'web' })).toEqual(expected);
  expect(scopeOf({ context: 'prod' }, { tier: 'front' })).toEqual(expected);
});
