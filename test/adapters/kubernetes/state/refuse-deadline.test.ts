import type { V1DeploymentSpec, V1Probe } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { deadlineRefusals } from '../../../../src/adapters/kubernetes/state/refuse-deadline.ts';
import type { WantedRelease } from '../../../../src/contracts/rollouts/platform.ts';
import { stableShop } from './shop-objects.ts';

const release = { version: 'v3', image: 'shop:v3' };
const readiness = { deadlineMs: 300_000 };
const beside: WantedRelease = { release, readiness, way: 'beside' };
const rolling: WantedRelease = { release, readiness, way: 'in-place', how: 'rolling' };
const recreate: WantedRelease = { release, readiness, way: 'in-place', how: 'recreate' };

interface Given extends Partial<V1DeploymentSpec> {
  readinessProbe?: V1Probe;
  startupProbe?: V1Probe;
  sleep?: number;
}

function refusalsOf(
  { readinessProbe, startupProbe, sleep, ...spec }: Given,
  wanted: WantedRelease,
) {
  const { deployment } = stableShop(4);
  const [container] = deployment.spec!.template.spec!.containers;
  const containers = [
    {
      ...container!,
      ...(readinessProbe && { readinessProbe }),
      ...(startupProbe && { startupProbe }),
      ...(sleep && { lifecycle: { preStop: { sleep: { seconds: sleep } } } }),
    },
  ];
  const template = { ...deployment.spec!.template, spec: { containers } };
  return deadlineRefusals(
    { deployment: { ...deployment, spec: { ...deployment.spec!, template, ...spec } } },
    wanted,
  );
}

test('both numbers are in the refusal', () => {
  expect(refusalsOf({ minReadySeconds: 300 }, beside)).toEqual([
    'Deployment shop needs at least 5m to have the release (minReadySeconds is 300), ' +
      'and readiness.deadline is 5m; raise readiness.deadline above that, with time for the pods to start',
  ]);
});

const oneByOne = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };

test.each<[string, Given, WantedRelease, RegExp | undefined]>([
  ['a minReadySeconds below the deadline', { minReadySeconds: 290 }, beside, undefined],
  ['nothing to wait for', {}, beside, undefined],
  ['no deadline asked about', { minReadySeconds: 900 }, { release, way: 'beside' }, undefined],
  [
    'a readiness probe that begins late',
    { readinessProbe: { initialDelaySeconds: 400 } },
    beside,
    /6m40s .*no pod be ready before 400 s/,
  ],
  [
    'a startup probe that begins late',
    { startupProbe: { initialDelaySeconds: 400 } },
    beside,
    /before 400 s/,
  ],
  [
    'a readiness probe of many successes',
    { readinessProbe: { successThreshold: 41, periodSeconds: 10 } },
    beside,
    /before 400 s/,
  ],
  [
    'both together',
    { minReadySeconds: 200, readinessProbe: { initialDelaySeconds: 150 } },
    beside,
    /5m50s .*minReadySeconds is 200, .*150 s/,
  ],
  [
    'a rolling update in rounds',
    { minReadySeconds: 80, strategy: oneByOne },
    rolling,
    /5m20s .*in 4 rounds/,
  ],
  [
    'the same beside stable, all at once',
    { minReadySeconds: 80, strategy: oneByOne },
    beside,
    undefined,
  ],
  [
    'the same recreated, all at once',
    { minReadySeconds: 80, strategy: oneByOne },
    recreate,
    undefined,
  ],
  [
    'old pods that take their time to stop',
    { sleep: 310 },
    recreate,
    /5m10s .*preStop hooks sleep for 310 s/,
  ],
])('%s', (_what, given, wanted, refused) => {
  const reasons = refusalsOf(given, wanted);
  if (refused === undefined) expect(reasons).toEqual([]);
  else expect(reasons).toEqual([expect.stringMatching(refused)]);
});
