import { expect, test } from 'vitest';
import { isDeploymentOf } from '../../../src/policies/alerts/match-target.ts';

const subject = { deployment: 'shop', namespace: 'prod' };
const kubernetes = { platform: 'kubernetes', namespace: 'prod' };
const placed = (target: unknown, service = 'shop', environment = 'live') => ({
  ...{ service, environment, target },
});

test.each([
  ['the Deployment is named as the service is', placed(kubernetes), true],
  ['it has a name of its own', placed({ ...kubernetes, deployment: 'shop' }, 'storefront'), true],
  ['it is the canary beside it', placed({ ...kubernetes, deployment: 'sh' }), false],
  ['it is another namespace', placed({ ...kubernetes, namespace: 'test' }), false],
  [
    'it is one of two colours',
    placed({ ...kubernetes, colours: { blue: 'shop', green: 'b' } }),
    true,
  ],
  [
    'the colours have other names',
    placed({ ...kubernetes, colours: { blue: 'a', green: 'b' } }),
    false,
  ],
  [
    'a local service of that name, in that environment',
    placed({ platform: 'local' }, 'shop', 'prod'),
    true,
  ],
  ['a local service in another environment', placed({ platform: 'local' }), false],
  ['a spec without a target', placed(undefined), false],
])('%s', (_, candidate, expected) => {
  expect(isDeploymentOf(subject, candidate)).toBe(expected);
});

test('an alert about the canary is about its service', () => {
  const about = { deployment: 'shop-canary', namespace: 'prod' };
  expect(isDeploymentOf(about, placed(kubernetes))).toBe(true);
});
