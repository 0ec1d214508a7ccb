import type { V1DeploymentSpec } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import type { RolloutRecord } from '../../../../src/adapters/kubernetes/objects/record.ts';
import {
  interferenceWith,
  inWords,
} from '../../../../src/adapters/kubernetes/state/interference.ts';
import { templateDigest } from '../../../../src/adapters/kubernetes/state/template-revision.ts';
import { shopRef, stableShop, target, template, workflowId } from './shop-objects.ts';

const record: RolloutRecord = {
  format: 2,
  installation: '',
  workflowId,
  environment: shopRef.environment,
  service: shopRef.service,
  target,
  phase: 'adopting',
  paused: false,
  stableHash: 'c',
  canaryHash: 'd',
  weight: 100,
  replicas: 2,
  given: templateDigest(template('v3')),
};

const adopting = (changed: Partial<V1DeploymentSpec> = {}) => {
  const { deployment } = stableShop(2);
  const spec = { ...deployment.spec!, template: template('v3'), paused: true, ...changed };
  return { ...deployment, spec };
};

test('a Deployment that only adopts the canary is not interfered with, nor is one that is scaled', () => {
  expect(interferenceWith(adopting(), record)).toBeUndefined();
  expect(interferenceWith(adopting({ replicas: 5 }), record)).toBeUndefined();
});

test.each([
  ['edited', { template: template('v2') }, 'spec.template: someone changed its pod template'],
  ['scaled-to-zero', { replicas: 0 }, 'spec.replicas: someone scaled it to 0'],
  ['resumed', { paused: false }, 'spec.paused: someone resumed it'],
] as const)('it is %s: a person is told', (interference, changed, words) => {
  expect(interferenceWith(adopting(changed), record)).toBe(interference);
  expect(inWords(interference, adopting(changed))).toBe(
    `${words} while Deployment shop adopted the canary`,
  );
});

test('a Deployment that had no pods when it was claimed may have none', () => {
  expect(interferenceWith(adopting({ replicas: 0 }), { ...record, replicas: 0 })).toBeUndefined();
});
