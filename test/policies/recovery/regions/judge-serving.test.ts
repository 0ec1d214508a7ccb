import { expect, it } from 'vitest';
import { judgeServing } from '../../../../src/policies/recovery/regions/judge-serving.ts';

const readiness = (passed: boolean, ready: number, wanted: number, why = '') => ({
  ...{ passed, outputs: { ready, wanted, why } },
});

it.each([
  ['all are ready', readiness(true, 6, 6), true, '6 of 6'],
  ['more are ready', readiness(true, 8, 8), true, '8 of 8'],
  [
    'some are not ready',
    readiness(false, 2, 6, 'container web: CrashLoopBackOff'),
    ...([false, '2 of 6: container web: CrashLoopBackOff'] as const),
  ],
  [
    'fewer than the plan says are whole',
    readiness(true, 2, 2),
    ...([
      false,
      '2 of 2; 2 replicas are wanted, and 6 by the plan: something else scales it',
    ] as const),
  ],
  [
    'nobody says how many',
    { passed: true, outputs: {} },
    ...([
      false,
      '0 of 0; 0 replicas are wanted, and 6 by the plan: something else scales it',
    ] as const),
  ],
])('a service of six replicas, where %s', (_, seen, isReady, why) => {
  expect(judgeServing(seen, 6)).toEqual({ isReady, why });
});
