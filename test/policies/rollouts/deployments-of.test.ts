import { expect, test } from 'vitest';
import { deploymentsOf } from '../../../src/policies/rollouts/deployments-of.ts';

const kubernetes = { platform: 'kubernetes', namespace: 'prod' };

test.each([
  [
    'are named as the service is, where the target names none',
    kubernetes,
    ['prod/shop', 'prod/shop-canary'],
  ],
  [
    'have the name that the target gives, with the canary beside it',
    { ...kubernetes, deployment: 'web' },
    ['prod/web', 'prod/web-canary'],
  ],
  [
    'are the two colours',
    { ...kubernetes, colours: { blue: 'a', green: 'b' } },
    ['prod/a', 'prod/b'],
  ],
  [
    'are the service in its environment, on the local platform',
    { platform: 'local' },
    ['live/shop'],
  ],
  ['are none that is known, without a target', undefined, []],
  ['are none that is known, without a namespace', { platform: 'kubernetes' }, []],
])('the Deployments of a service %s', (_, target, expected) => {
  expect(deploymentsOf({ service: 'shop', environment: 'live', target })).toEqual(expected);
});
